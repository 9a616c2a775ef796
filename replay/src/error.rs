//! Why a past state could not be computed.

use journal::store::{RecordsError, StoreError};
use tokio::task::JoinError;

/// Why a past state could not be computed.
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
    Queries(#[from] projections::Error),
    /// A record cannot be read.
    #[error("{error}")]
    Record {
        /// Which one.
        position: journal::Position,
        /// Why.
        error: Box<journal::Error>,
    },
    /// The requested livechat does not exist.
    #[error("there is no log of {0}")]
    NoLog(domain::LivechatId),
    /// A state cannot be serialized, which never happens.
    #[error("a state cannot be serialized: {0}")]
    Unserializable(String),
    /// The state is lost, with the thread that had it.
    #[error("the work was abandoned")]
    Abandoned,
    /// A part of the work was cancelled.
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
