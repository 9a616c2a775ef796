//! Whole logs, from outside: are they whole ([`verify`](verify()), [`status`](status())), and how do they get
//! to a file and back ([`export`](export()), [`import`](import()))?
//!
//! Read [`chain`] (what makes one record follow another), [`pages`] (how a log is read), [`record_line`] (a
//! record in a file) and [`file_reader`] (a file of them), then the four uses.
//!
//! Invariant: nothing here goes through a [`Journal`](crate::Journal) or needs a server, and nothing is
//! carried, in either direction, whose chain does not hold. Memory is bounded by two pages, however long a
//! log is; only where each livechat ends is kept per livechat.

pub(crate) mod chain;
mod export;
mod file_reader;
mod import;
mod pages;
mod record_line;
mod status;
mod verify;

pub use chain::{Defect, Problem};
pub use export::{Exported, Target, export};
pub use import::{Imported, import};
pub use status::{LogStatus, status};
pub use verify::{Verified, verify};

use domain::LivechatId;
use tokio::task::JoinError;

use crate::record::Position;
use crate::store::StoreError;

/// Is told now and then how many records are done, and of how many when that is known.
pub type Progress<'a> = &'a (dyn Fn(u64, Option<u64>) + Send + Sync);

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
