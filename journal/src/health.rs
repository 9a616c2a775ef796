//! Can the log be written? Known from the last attempt, and probed when that failed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::store::StoreError;

/// How the last attempt to write went: when it failed, or well.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Option<Instant>>);

impl Health {
    /// A batch was written, or not. What a batch is to blame for says nothing about the database.
    pub(crate) fn wrote(&self, error: Option<&StoreError>) {
        let failing = error.is_some_and(|error| !error.blames_the_batch());
        *self.failed_at() = failing.then(Instant::now);
    }

    /// The database is well again, unless another batch has failed since this one did.
    pub(crate) fn recovered(&self, from: Instant) {
        self.failed_at().take_if(|failed_at| *failed_at == from);
    }

    pub(crate) fn failed_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
