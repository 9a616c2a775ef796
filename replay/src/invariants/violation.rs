//! Violations, and where they occur.

use std::fmt;

use domain::{ConversationId, LivechatId, Timestamp};
use journal::Position;
use serde::Serialize;

/// What always holds (spec.md §Routing, last paragraph; ARCHITECTURE.md, *What always holds*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Invariant {
    /// Positions are gapless, and a log is of one livechat.
    Positions,
    /// Time never goes back from one event to the next, unless an event says so.
    Time,
    /// Each event follows from where the conversation or the operator stood: what is over stays over.
    Life,
    /// A conversation waits, or is with exactly one operator, or is over.
    Place,
    /// The load of an operator does not exceed the capacity, but by a forced transfer.
    Capacity,
    /// The operator of an assignment is connected, may receive, and has the skill, except after a forced transfer.
    Requirement,
    /// The visitor who has waited longest, of those who can be served, is served.
    QueueOrder,
    /// Nobody waits while an operator who may take the conversation has room.
    WaitsInVain,
    /// The messages of a conversation are numbered from 1, without gaps.
    Messages,
    /// No timer fires before its time, and each fires once per arming.
    TimerEarly,
    /// Due timers fire before anything else happens.
    TimerOverdue,
    /// Indexes and counts of the state agree with the rest of it.
    State,
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Positions => "positions are gapless",
            Self::Time => "time never goes back unless an event says so",
            Self::Life => "each event follows from the one before",
            Self::Place => "each conversation is in exactly one place",
            Self::Capacity => "no load exceeds its capacity",
            Self::Requirement => "conversations are given to who may have them",
            Self::QueueOrder => "the oldest who can be served is served",
            Self::WaitsInVain => "nobody waits while somebody has room",
            Self::Messages => "messages are numbered without gaps",
            Self::TimerEarly => "timers fire in time, and once",
            Self::TimerOverdue => "due timers fire first",
            Self::State => "indexes are those of the state",
        })
    }
}

/// The first violation in a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{livechat} at {position}: it does not hold that {invariant}: {what}")]
pub struct Violation {
    /// Whose log.
    pub livechat: LivechatId,
    /// The event that shows it.
    pub position: Position,
    /// When that happened.
    pub at: Timestamp,
    /// The conversation which that event is about.
    pub conversation: Option<ConversationId>,
    /// What should always hold.
    pub invariant: Invariant,
    /// What is there instead, in words.
    pub what: String,
}

/// A violated invariant, before its place is known.
pub(super) type Broken = (Invariant, String);

/// `Err` unless it holds; the message is only formatted then.
pub(super) fn must<W: Into<String>>(
    holds: bool,
    invariant: Invariant,
    otherwise: impl FnOnce() -> W,
) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err((invariant, otherwise().into())) }
}
