//! Why the past could not be told.

use journal::store::{RecordsError, StoreError};
use tokio::task::JoinError;

/// Why the past could not be told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log cannot be read, or is not whole.
    #[error(transparent)]
    Log(#[from] journal::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The projections.
    #[error(transparent)]
    Views(#[from] projections::Error),
    /// A record cannot be read.
    #[error("{error}")]
    Record {
        /// Which one.
        position: journal::Position,
        /// Why.
        error: Box<journal::Error>,
    },
    /// The livechat that was asked for is not there.
    #[error("there is no log of {0}")]
    NoLog(domain::LivechatId),
    /// A state has no stored form, which no state lacks.
    #[error("a state cannot be written down: {0}")]
    Unwritable(String),
    /// What was under way is lost, with whoever had it.
    #[error("the work was given up")]
    GivenUp,
    /// A part of the work was given up.
    #[error("the work was interrupted: {0}")]
    Interrupted(#[from] JoinError),
}

impl From<RecordsError> for Error {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Store(error) => Self::Store(error),
            RecordsError::Record { position, error } => Self::Record { position, error },
        }
    }
}

impl Error {
    /// The log of a livechat is not whole.
    pub(crate) fn damaged(livechat: &domain::LivechatId, problem: impl Into<String>) -> Self {
        Self::Log(journal::Error::Damaged { livechat: livechat.clone(), problem: problem.into() })
    }
}
