//! Why a log was not read, or not carried to its end.

use domain::LivechatId;
use tokio::task::JoinError;

use crate::log::chain::Problem;
use crate::log::record::Position;
use crate::log::store::StoreError;

/// Why a log was not read, or not carried to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error("the file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    /// The livechat that was asked for is not there.
    #[error("there is no log of {0}")]
    NoLog(LivechatId),
    /// A record of the log.
    #[error(transparent)]
    Defective(#[from] Problem),
    /// A line of the file.
    #[error("line {line}: {what}")]
    Line {
        /// Which one, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The file has nothing in it.
    #[error("there is no record in it: an empty file is not a log")]
    Empty,
    /// The file and the log were one never, or are no more.
    #[error(
        "the log and the file hold different histories of {livechat}: record {position} is not in both of them"
    )]
    AnotherHistory {
        /// Whose.
        livechat: LivechatId,
        /// The record at which it shows.
        position: Position,
    },
    /// Somebody else is exporting to the same file.
    #[error("another export is writing to this file")]
    Busy,
    /// A part of the work was given up.
    #[error("the work was interrupted: {0}")]
    Interrupted(#[from] JoinError),
}
