//! Can commands be done? What a health check asks of a journal.

use std::time::Duration;

use crate::error::Error;
use crate::journal::Journal;
use crate::store::StoreError;

/// How long the database may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a batch that failed is believed rather than a row that can be written: on a full disk a small
/// row still finds a place where a batch does not.
const DOUBT: Duration = Duration::from_secs(2);

impl Journal {
    /// Can commands be done? The log can be read, and the last batch was written; if it was not, and that
    /// is a while ago, a row that nobody reads is written to find out whether the database is back.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn check(&self) -> Result<(), Error> {
        if !self.is_open() {
            return Err(Error::Closed);
        }
        let health = &self.0.health;
        let checked = async {
            self.0.store.read().ping().await?;
            let failed_at = *health.failed_at();
            match failed_at {
                None => {}
                Some(failed_at) if failed_at.elapsed() < DOUBT => return Err(StoreError::Failing.into()),
                Some(failed_at) => {
                    self.0.store.record_heartbeat(self.clock().now()).await?;
                    health.recovered(failed_at);
                }
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, checked).await.unwrap_or(Err(StoreError::Silent(PATIENCE).into()))
    }
}

impl Journal {
    /// How many livechats have logs that do not hold together, as far as anybody has tried to load them or to read there.
    /// The others go on.
    pub fn damaged(&self) -> usize {
        self.0.damages.len()
    }
}
