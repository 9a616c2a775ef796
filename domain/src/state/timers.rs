//! Timers: deadlines kept in the state, so that they survive a restart by construction.
//!
//! A conversation arms, re-arms and cancels its own [`Timers`]; the livechat indexes the next deadline of
//! each conversation, and those of operators, surveys and opening hours, in [`Deadlines`], so that the next
//! one to fire is found at once whatever their number. What each timer does when it fires is in the file of
//! its rule; `livechat/due.rs` is the table.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::survey::SurveyKey;
use crate::Timestamp;
use crate::id::{ConversationId, OperatorId, SkillId};

/// What a timer of a conversation is for. The order is the order in which timers of one conversation that
/// fall due together fire: who is released need not be transferred first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The release of a request that nobody picks up.
    Unanswered,
    /// The transfer from an inactive operator.
    AutoTransfer,
    /// The follow-up phrase to a silent visitor.
    FollowUp,
    /// The search phrase to a visitor whose operator is looking for information.
    SearchNotice,
    /// The warning before the end by inactivity.
    TimeoutReminder,
    /// The end by inactivity.
    VisitorInactivity,
    /// The phrase to a visitor on hold.
    HoldPhrase,
}

impl TimerKind {
    /// Every kind, in the order in which they fire.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Whether this one fires while the timers of its conversation are suspended.
    const fn runs_while_suspended(self) -> bool {
        matches!(self, Self::HoldPhrase)
    }

    /// Whether this one is about what visitor and operator have said to each other, so that it stops when the
    /// conversation goes to another operator or back to the queue.
    const fn ends_with_the_desk(self) -> bool {
        !matches!(self, Self::Unanswered | Self::AutoTransfer)
    }
}

/// A timer that runs: since when, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Running(Timestamp, Timestamp);

/// The timers of one conversation: at most one deadline of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timers {
    running: [Option<Running>; TimerKind::ALL.len()],
    /// None fires but those that run all the same.
    suspended: bool,
}

impl Timers {
    /// The deadline of `kind`, if armed.
    pub const fn deadline(&self, kind: TimerKind) -> Option<Timestamp> {
        match self.running[kind as usize] {
            Some(Running(_, deadline)) => Some(deadline),
            None => None,
        }
    }

    /// Arms `kind` at `at`, in place of any deadline it had; without a deadline it is cancelled.
    pub const fn arm(&mut self, kind: TimerKind, at: Timestamp, deadline: Option<Timestamp>) {
        self.running[kind as usize] = match deadline {
            Some(deadline) => Some(Running(at, deadline)),
            None => None,
        };
    }

    /// Cancels `kind`.
    pub const fn cancel(&mut self, kind: TimerKind) {
        self.running[kind as usize] = None;
    }

    /// Lets none fire, but those that run while the others are suspended. Each keeps its deadline.
    pub(crate) const fn suspend(&mut self) {
        self.suspended = true;
    }

    /// Lets all fire again.
    pub(crate) const fn resume(&mut self) {
        self.suspended = false;
    }

    /// The conversation leaves the desk: what visitor and operator owed each other there is over.
    pub(crate) fn moved(&mut self) {
        self.resume();
        for kind in TimerKind::ALL.iter().filter(|kind| kind.ends_with_the_desk()) {
            self.cancel(*kind);
        }
    }

    /// Moves every deadline as `adjustment` says. One that is moved counts as given now: should the clock be set back
    /// again, it keeps the time that it has left now.
    pub(crate) fn adjust(&mut self, now: Timestamp, adjustment: Adjustment) {
        for Running(since, deadline) in self.running.iter_mut().flatten() {
            let moved = adjustment.deadline(*since, *deadline);
            if moved != *deadline {
                (*since, *deadline) = (now, moved);
            }
        }
    }

    /// The first to fire; of those that fall due together, the first in the order of [`TimerKind`].
    pub fn next(&self) -> Option<(Timestamp, TimerKind)> {
        let mut next: Option<(Timestamp, TimerKind)> = None;
        for kind in TimerKind::ALL.iter().copied() {
            if (!self.suspended || kind.runs_while_suspended())
                && let Some(deadline) = self.deadline(kind)
                && next.is_none_or(|(first, _)| deadline < first)
            {
                next = Some((deadline, kind));
            }
        }
        next
    }
}

/// What happens to everything that runs when time did not go on as usual (spec.md §Time).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adjustment {
    /// The clock was set back. Whatever began in the time that never was keeps the time that it had left; what
    /// began before keeps its deadline, which was right.
    SetBack {
        /// The time of the last event before.
        from: Timestamp,
        /// What the clock shows now.
        to: Timestamp,
    },
    /// The server was down for so long, and nobody could do anything.
    StoodStill(TimeDelta),
}

impl Adjustment {
    /// The new deadline of what was armed at `since`.
    pub(crate) fn deadline(self, since: Timestamp, deadline: Timestamp) -> Timestamp {
        match self {
            Self::SetBack { from, to } if since > to => deadline - (from - to),
            Self::SetBack { .. } => deadline,
            Self::StoodStill(time) => deadline + time,
        }
    }

    /// What a time of the past becomes: never in the future.
    pub(crate) fn past_time(self, time: Timestamp) -> Timestamp {
        match self {
            Self::SetBack { from, to } if time > to => (time - (from - to)).min(to),
            Self::SetBack { .. } | Self::StoodStill(_) => time,
        }
    }
}

/// What a deadline belongs to. The order is the order in which deadlines at the same time fire: a disconnected operator
/// loses the conversations before their own timers fire, and a visitor who is transferred at closing time is not sent
/// away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerOwner {
    /// An operator whose connection is lost.
    LostOperator(OperatorId),
    /// A conversation, for the first of its timers.
    Conversation(ConversationId),
    /// An operator whose shift begins or ends.
    Shift(OperatorId),
    /// The opening hours of the livechat, or of a skill.
    OpeningHours(Option<SkillId>),
    /// A survey that waits for its answers.
    Survey(SurveyKey),
    /// A conversation that was kept open.
    Kept(ConversationId),
}

/// The next deadline of everything that has one, by instant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines(BTreeSet<(Timestamp, TimerOwner)>);

impl Deadlines {
    /// Records that the next deadline of `whose` went from `before` to `after`.
    pub fn moved(&mut self, owner: TimerOwner, before: Option<Timestamp>, after: Option<Timestamp>) {
        if before == after {
            return;
        }
        let mut owner = owner;
        if let Some(before) = before {
            let key = (before, owner);
            self.0.remove(&key);
            owner = key.1;
        }
        if let Some(after) = after {
            self.0.insert((after, owner));
        }
    }

    /// The first deadline of all.
    pub fn first(&self) -> Option<(Timestamp, &TimerOwner)> {
        self.0.first().map(|(at, owner)| (*at, owner))
    }
}
