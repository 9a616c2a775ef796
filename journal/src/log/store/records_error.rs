//! Why records were not read.

use super::error::StoreError;
use crate::error::Error;
use crate::log::record::Position;

/// Why records were not read.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// One of them cannot be decoded.
    #[error("{error}")]
    Record {
        /// Which one.
        position: Position,
        /// Why.
        error: Box<Error>,
    },
}

impl From<rusqlite::Error> for RecordsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
