//! Timers: deadlines kept in the state, so that they survive a restart by construction.
//!
//! A conversation arms, re-arms and cancels its own [`Timers`]; the livechat indexes the next
//! deadline of each conversation in [`Deadlines`], so that the next one to fire is found at once
//! whatever the number of conversations. What each timer does when it fires is in the file of its
//! rule (`conversation/inactivity.rs`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::id::ConversationId;

/// What a timer is for. The order is the order in which timers that fall due together fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The warning before the end by inactivity.
    TimeoutReminder,
    /// The end by inactivity.
    VisitorInactivity,
}

impl TimerKind {
    const ALL: [Self; 2] = [Self::TimeoutReminder, Self::VisitorInactivity];
}

/// The timers of one conversation: at most one deadline of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timers([Option<Instant>; TimerKind::ALL.len()]);

impl Timers {
    /// The deadline of `kind`, if armed.
    pub const fn deadline(&self, kind: TimerKind) -> Option<Instant> {
        self.0[kind as usize]
    }

    /// Arms `kind`, in place of any deadline it had; `None` cancels it.
    pub const fn set(&mut self, kind: TimerKind, deadline: Option<Instant>) {
        self.0[kind as usize] = deadline;
    }

    /// The first to fire; of those that fall due together, the first in the order of [`TimerKind`].
    pub fn next(&self) -> Option<(Instant, TimerKind)> {
        TimerKind::ALL.into_iter().filter_map(|kind| Some((self.deadline(kind)?, kind))).min()
    }
}

/// The next deadline of every conversation, by instant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines(BTreeSet<(Instant, ConversationId)>);

impl Deadlines {
    /// Records that the next deadline of `conversation` went from `before` to `after`.
    pub fn moved(&mut self, conversation: ConversationId, before: Option<Instant>, after: Option<Instant>) {
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.0.remove(&(before, conversation));
        }
        if let Some(after) = after {
            self.0.insert((after, conversation));
        }
    }

    /// The first deadline of all.
    pub fn first(&self) -> Option<(Instant, ConversationId)> {
        self.0.first().copied()
    }
}
