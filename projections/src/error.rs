//! What can go wrong between the log and the rows.

use domain::LivechatId;
use journal::Position;

use crate::event_source::BoxError;
use crate::slot::Slot;
use crate::sql_errors;

/// Why rows could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer, or refused.
    #[error("the database of the projections: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables of the projections: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The address of the database is neither `sqlite://` nor `postgres://`.
    #[error("a database address starts with sqlite:// or postgres://")]
    Address,
    /// An event is missing: nothing of the batch was written.
    #[error("a hole in the log of {livechat}: expected position {expected}, found {found}")]
    Hole {
        /// Whose log.
        livechat: LivechatId,
        /// The position after the checkpoint.
        expected: Position,
        /// The position that came.
        found: Position,
    },
    /// The rows are ahead of the log: they were computed from another one.
    #[error("the rows of {livechat} are at {checkpoint} and its log ends at {head}: they are of another log")]
    Ahead {
        /// Whose rows.
        livechat: LivechatId,
        /// How far the rows are.
        checkpoint: Position,
        /// How far the log is.
        head: Position,
    },
    /// The rows of this livechat were computed by a newer version of the folds.
    #[error("the rows of {livechat} are of version {found}, this program writes version {expected}")]
    Version {
        /// Whose rows.
        livechat: LivechatId,
        /// The version of this program.
        expected: i64,
        /// The version in the database.
        found: i64,
    },
    /// A slot that must stay as it is, or that is to be emptied, is in use.
    #[error("{0} is in use: by a server, or by somebody who rebuilds it")]
    Busy(String),
    /// A slot that does not exist.
    #[error(
        "there is no {0} slot: nothing has been computed into it from this log yet. A server does so when it starts; \
         to do it before, run `pupitre projections rebuild`, then `swap`"
    )]
    Missing(Slot),
    /// The active slot does not exist, the other one does.
    #[error(
        "nothing has been computed yet into the {missing} slot, which is active. There is the {existing} one: make it \
         active with `pupitre projections swap`, or name it (`--slot {existing}`)"
    )]
    Inactive {
        /// The active slot.
        missing: Slot,
        /// The slot that exists.
        existing: Slot,
    },
    /// The tables or the rows of a slot are of another version of this program.
    #[error("the {slot} slot has {found}, this program is of version {expected}")]
    OtherVersion {
        /// Which slot.
        slot: Slot,
        /// The version of this program.
        expected: i64,
        /// What was found.
        found: String,
    },
    /// A slot lacks something that is in the active one.
    #[error(
        "the {slot} slot has {livechat} up to {reached}, and the active one up to {read}: it is not complete"
    )]
    Behind {
        /// Which slot.
        slot: Slot,
        /// Whose rows.
        livechat: LivechatId,
        /// How far they are.
        reached: Position,
        /// How far the rows of the active slot are.
        read: Position,
    },
    /// The log of a livechat is damaged: its rows stop before that.
    #[error("the log of {livechat} is damaged: {problem}")]
    Damaged {
        /// Whose log.
        livechat: LivechatId,
        /// What is wrong with it.
        problem: String,
    },
    /// The rows of a livechat are still being computed from what its log had when the program started: reads would
    /// cover only a part of it.
    #[error("the rows of {livechat} are being computed from its log: {done} of {total} events")]
    CatchingUp {
        /// Whose rows.
        livechat: LivechatId,
        /// How far they are.
        done: Position,
        /// How far its log was.
        total: Position,
    },
    /// The rows of a livechat stop before an event that cannot be stored, so that reads would cover only a part of its
    /// log.
    #[error("the rows of {0} stop before something that cannot be stored")]
    Stopped(LivechatId),
    /// The log could not be read.
    #[error("the log: {0}")]
    Log(BoxError),
    /// Reading many rows was cut off: the reader took too long, or the server stops.
    #[error("reading was cut off")]
    CutOff,
    /// A row could not be written to or read from its stored form.
    #[error("a row of {table}: {source}")]
    Row {
        /// Which table.
        table: &'static str,
        /// Why.
        source: serde_json::Error,
    },
}

impl Error {
    /// Would trying again give the same error? Then it is the event or the rows, not the database.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Hole { .. }
            | Self::Ahead { .. }
            | Self::Version { .. }
            | Self::Row { .. }
            | Self::Damaged { .. }
            | Self::Stopped(_)
            | Self::Missing(_)
            | Self::Inactive { .. }
            | Self::OtherVersion { .. }
            | Self::Behind { .. }
            | Self::Address => true,
            Self::Migration(_) | Self::Busy(_) | Self::Log(_) | Self::CatchingUp { .. } | Self::CutOff => {
                false
            }
            Self::Database(error) => error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|code| sql_errors::refuses_content(&code)),
        }
    }
}
