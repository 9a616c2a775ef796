//! How long a test waits before it fails.

use std::future::Future;
use std::time::Duration;

/// Far longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something that must happen, and fails the test when it does not.
#[track_caller]
pub fn soon<T>(what: impl Future<Output = T>) -> impl Future<Output = T> {
    let asked = std::panic::Location::caller();
    async move {
        let happened = tokio::time::timeout(PATIENCE, what).await;
        happened.unwrap_or_else(|_| panic!("what is awaited at {asked} did not happen within {PATIENCE:?}"))
    }
}
