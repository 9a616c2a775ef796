//! The visitor's inactivity (spec.md §Timeouts, `visitor_inactivity` and `timeout_reminder`).
//!
//! The clock runs only while the last word is the operator's: each message of the operator (or of a
//! supervisor in the operator's stead) restarts it, so that nobody is cut off just after a new question, and so does
//! the visitor who types; the visitor's message stops it, and so does a move to another operator or to the queue, since
//! the new operator has said nothing yet. Phrases do not count as messages. `timeout_reminder` seconds before the end
//! both sides are warned. A running clock keeps the deadline it was given when the settings change.

use crate::Timestamp;
use crate::event::EndReason;
use crate::event::{ConversationFact, Fact, Flow, Notice};
use crate::id::ConversationId;
use crate::settings::Timeouts;
use crate::state::Conversation;
use crate::state::timers::TimerKind;

pub(crate) fn restart(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    restart_at(conversation, timeouts, at, at);
}

/// Starts it as of a time in the future, until which the visitor counts as writing.
pub(crate) fn restart_at(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    from: Timestamp,
) {
    let end = timeouts.inactivity().map(|silence| from + silence);
    let reminder = end.zip(timeouts.reminder()).map(|(end, before)| end - before);
    conversation.timers.arm(TimerKind::VisitorInactivity, at, end);
    conversation.timers.arm(TimerKind::TimeoutReminder, at, reminder);
}

pub(crate) const fn stop(conversation: &mut Conversation) {
    conversation.timers.cancel(TimerKind::VisitorInactivity);
    conversation.timers.cancel(TimerKind::TimeoutReminder);
}

/// The reminder was given: it is not given again before the clock restarts.
pub(crate) const fn reminded(conversation: &mut Conversation) {
    conversation.timers.cancel(TimerKind::TimeoutReminder);
}

pub(crate) fn remind(id: ConversationId, conversation: &Conversation) -> Fact {
    let ends_at =
        conversation.timers.deadline(TimerKind::VisitorInactivity).unwrap_or(conversation.requested_at);
    Fact::conversation(
        id,
        conversation.operator().cloned(),
        ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }),
    )
}

pub(crate) fn end(id: ConversationId, conversation: &Conversation) -> Fact {
    let over = ConversationFact::Flow(Flow::Ended { reason: EndReason::Timeout });
    Fact::conversation(id, conversation.operator().cloned(), over)
}
