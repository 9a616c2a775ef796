//! The request that nobody picks up (spec.md §Timeouts, `unanswered`).
//!
//! The clock runs from the request to the first pick-up, in the queue as on a desk that flashes, through
//! transfers by rule. Then the visitor is released with the phrase `no_operator`.

use crate::Timestamp;
use crate::settings::Timeouts;
use crate::state::Conversation;
use crate::state::timers::TimerKind;

pub(crate) fn start(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    conversation.timers.arm(TimerKind::Unanswered, at, timeouts.unanswered().map(|wait| at + wait));
}

pub(crate) const fn stop(conversation: &mut Conversation) {
    conversation.timers.cancel(TimerKind::Unanswered);
}
