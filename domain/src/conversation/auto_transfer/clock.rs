//! The clock of the automatic transfer (spec.md §Timeouts, `auto_transfer`): how long an operator may be inactive before
//! the conversation goes to somebody else. What starts and stops it is in `timer_rules.rs`.

use crate::Timestamp;
use crate::settings::Timeouts;
use crate::state::Conversation;
use crate::state::timers::TimerKind;

pub(crate) fn start(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    start_at(conversation, timeouts, at, at);
}

/// Starts it as of a time in the future, until which the operator counts as active.
pub(crate) fn start_at(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp, from: Timestamp) {
    let wait = timeouts.auto_transfer().map(|wait| conversation.passes.patience(wait));
    conversation.timers.arm(TimerKind::AutoTransfer, at, wait.map(|wait| from + wait));
    conversation.stranded = false;
}

pub(crate) const fn stop(conversation: &mut Conversation) {
    conversation.timers.cancel(TimerKind::AutoTransfer);
    conversation.stranded = false;
}
