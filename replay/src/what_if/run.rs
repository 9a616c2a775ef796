//! One segment as it is played: which operator has it, and what people are about to do.

use domain::{ConversationId, OperatorId, Timestamp, VisitorId};

use super::calendar::Key;

/// A segment that was requested.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) conversation: ConversationId,
    pub(super) visitor: VisitorId,
    /// Its own part of the behaviour.
    pub(super) own: usize,
    /// The segment whose steps are played: its own, or another one when it is unknown how it would have gone on.
    pub(super) plan: usize,
    pub(super) requested_at: Timestamp,
    /// The next step, and which operator's turn it is to do it, from 0.
    pub(super) next: usize,
    pub(super) attempt: usize,
    /// When the step before was done.
    pub(super) last: Timestamp,
    pub(super) desk: Option<OnDesk>,
    pub(super) first_pick_up: Option<Timestamp>,
    /// How often it was given to an operator.
    pub(super) assignments: usize,
    pub(super) is_over: bool,
    /// Acts that were done after the end.
    pub(super) done_afterwards: usize,
    /// What is in the calendar.
    pub(super) step: Option<Scheduled>,
    pub(super) pick_up: Option<Key>,
    pub(super) patience: Option<Key>,
    /// The last operator.
    pub(super) last_operator: Option<OperatorId>,
}

/// The operator whose desk it is on.
#[derive(Clone, Debug)]
pub(super) struct OnDesk {
    pub(super) operator: OperatorId,
    pub(super) since: Timestamp,
    pub(super) picked_up: Option<Timestamp>,
}

/// A step whose time is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scheduled {
    /// Its entry in the calendar; none when it is never done.
    pub(super) key: Option<Key>,
    /// Whether only the operator who has it now can do it.
    pub(super) is_of_the_operator: bool,
}

impl Run {
    pub(super) const fn new(
        conversation: ConversationId,
        visitor: VisitorId,
        own: usize,
        requested_at: Timestamp,
        at: Timestamp,
    ) -> Self {
        Self {
            conversation,
            visitor,
            own,
            plan: own,
            requested_at,
            next: 0,
            attempt: 0,
            last: at,
            desk: None,
            first_pick_up: None,
            assignments: 0,
            is_over: false,
            done_afterwards: 0,
            step: None,
            pick_up: None,
            patience: None,
            last_operator: None,
        }
    }

    /// Since when the operator who has it has picked it up.
    pub(super) fn picked_up(&self) -> Option<Timestamp> {
        self.desk.as_ref().and_then(|desk| desk.picked_up)
    }
}
