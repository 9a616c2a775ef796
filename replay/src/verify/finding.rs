//! What is wrong, and where.

use std::fmt;

use domain::LivechatId;
use journal::Position;
use serde::Serialize;

/// What is not what the log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The log itself: records are missing, or cannot be read.
    Log,
    /// Something that always holds does not, at this event.
    Invariant,
    /// The snapshot of the livechat.
    Snapshot,
    /// A stepping stone.
    Stone,
    /// A row of the board, as the projections have it.
    Board,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Log => "the log",
            Self::Invariant => "an invariant",
            Self::Snapshot => "the snapshot",
            Self::Stone => "a stepping stone",
            Self::Board => "the board of the projections",
        })
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{livechat} at {position}, {subject}: {what}")]
pub struct Finding {
    /// Whose log.
    pub livechat: LivechatId,
    /// The position at which it shows.
    pub position: Position,
    /// What is wrong.
    pub subject: Subject,
    /// In words.
    pub what: String,
}
