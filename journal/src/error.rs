//! Why a command was not recorded, or the log not read.

use domain::{LivechatId, Rejection};

use crate::log::store::StoreError;

/// What can go wrong with a command or a reading.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule refuses the command; nothing was recorded.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Too many commands wait to be written; nothing was recorded. Try again shortly.
    #[error("too many commands are waiting to be written")]
    Overloaded,
    /// The command could not be made durable. Sending it again with the same id is safe: if it was
    /// recorded after all, it is answered as recorded.
    #[error("the command could not be made durable: {0}")]
    NotDurable(String),
    /// The database refuses what the command would record, and would again: nothing was recorded, and
    /// sending it again does not help.
    #[error("the database refuses to record this: {0}")]
    Unwritable(String),
    /// The server is shutting down.
    #[error("the journal is closed")]
    Closed,
    /// The database cannot be read now.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record names no livechat.
    #[error("a record of the log cannot be read: {0}")]
    Unreadable(String),
    /// The log contradicts itself; a person has to look.
    #[error("the log of {livechat} is damaged: {problem}")]
    Damaged {
        /// Whose log.
        livechat: LivechatId,
        /// What is wrong.
        problem: String,
    },
}
