//! Can the log be written? Known from the last attempt, and probed when that failed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::Clock;
use crate::log::store::{Store, StoreError};

/// How long the database may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a batch that failed is believed rather than a row that can be written: on a full disk a small
/// row still finds a place where a batch does not.
const DOUBT: Duration = Duration::from_secs(2);

/// How the last attempt to write went.
pub(crate) struct Health {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// When it failed; nothing when it went well.
    failed_at: Mutex<Option<Instant>>,
}

impl Health {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, failed_at: Mutex::default() }
    }

    /// A batch was written, or not. What a batch is to blame for says nothing about the database.
    pub(crate) fn wrote(&self, error: Option<&StoreError>) {
        let failing = error.is_some_and(|error| !error.blames_the_batch());
        *self.failed_at() = failing.then(Instant::now);
    }

    /// The log can be read, and the last batch was written; if it was not, and that is a while ago, a row that nobody
    /// reads is written to find out whether the database is back.
    ///
    /// # Errors
    /// What stands in the way.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        let checked = async {
            self.store.read().ping().await?;
            let failed_at = *self.failed_at();
            match failed_at {
                None => {}
                Some(failed_at) if failed_at.elapsed() < DOUBT => return Err(StoreError::Failing),
                Some(failed_at) => {
                    self.store.record_heartbeat(self.clock.now()).await?;
                    self.recovered(failed_at);
                }
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, checked).await.unwrap_or(Err(StoreError::Silent(PATIENCE)))
    }

    /// The database is well again, unless another batch has failed since this one did.
    fn recovered(&self, from: Instant) {
        self.failed_at().take_if(|failed_at| *failed_at == from);
    }

    fn failed_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
