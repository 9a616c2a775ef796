//! Can the log be written? Known from the last attempt, and tried out when that failed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::Error;
use crate::journal::Journal;
use crate::store::StoreError;

/// How long the database may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the last attempt to write went.
#[derive(Debug, Default)]
pub(crate) struct Health {
    failing: AtomicBool,
}

impl Health {
    /// A batch was written, or not. What a batch is to blame for says nothing about the database.
    pub(crate) fn wrote(&self, error: Option<&StoreError>) {
        let failing = error.is_some_and(|error| !error.blames_the_batch());
        self.failing.store(failing, Ordering::Relaxed);
    }
}

impl Journal {
    /// Can commands be done? The log can be read, and the last batch was written; if it was not, a row
    /// that nobody reads is written to find out whether the database is back.
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
            if health.failing.load(Ordering::Relaxed) {
                self.0.store.beat().await?;
                health.failing.store(false, Ordering::Relaxed);
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, checked).await.unwrap_or(Err(StoreError::Silent(PATIENCE).into()))
    }
}
