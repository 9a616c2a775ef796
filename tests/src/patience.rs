//! How long a test waits before it fails, and how it waits for what cannot be awaited.
//!
//! This is the only place of the tests that sleeps (the test `tidy` checks it).

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// Far longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two looks at something that cannot be awaited.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Waits for something that must happen, and fails the test when it does not.
#[track_caller]
pub fn soon<T>(what: impl Future<Output = T>) -> impl Future<Output = T> {
    let asked = std::panic::Location::caller();
    async move {
        let happened = timeout(PATIENCE, what).await;
        happened.unwrap_or_else(|_| panic!("what is awaited at {asked} did not happen within {PATIENCE:?}"))
    }
}

/// Looks again and again until it is so; fails the test, and says `what` it waited for, when that takes too long.
pub async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    eventually_some(what, async || is_so().await.then_some(())).await;
}

/// Looks again and again until there is something, and gives it; fails the test, and says `what` it waited for, when
/// that takes too long.
pub async fn eventually_some<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = timeout(PATIENCE, poll(look)).await;
    found.unwrap_or_else(|_| panic!("within {PATIENCE:?} it never came to this: {what}"))
}

/// Looks for a while, and fails the test, and says `what` it relied on, when it is not so all the time.
pub async fn consistently(what: &str, during: Duration, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + during;
    loop {
        assert!(is_so().await, "it did not stay like this for {during:?}: {what}");
        if Instant::now() >= end {
            return;
        }
        sleep(POLL_INTERVAL.min(during)).await;
    }
}

/// Looks again and again until there is something.
pub(crate) async fn poll<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = look().await {
            return found;
        }
        sleep(POLL_INTERVAL).await;
    }
}
