//! Retries, at growing intervals.

use std::time::Duration;

const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Waits longer each time; reports the first failure as a warning and the rest in detail only.
#[derive(Default)]
pub(crate) struct Backoff(u32);

impl Backoff {
    /// Waits until it is time to ask again.
    pub(crate) async fn wait(
        &mut self,
        what: &'static str,
        error: &(dyn std::error::Error + Send + Sync + 'static),
    ) {
        if self.0 == 0 {
            tracing::warn!(%error, "cannot reach {what}; retrying");
        }
        tracing::debug!(%error, attempt = self.0, "cannot reach {what}");
        let pause = PAUSE_MIN.saturating_mul(2_u32.saturating_pow(self.0)).min(PAUSE_MAX);
        self.0 = self.0.saturating_add(1);
        tokio::time::sleep(pause).await;
    }
}
