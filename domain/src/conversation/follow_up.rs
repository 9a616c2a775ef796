//! The follow-up phrase to a silent visitor (spec.md §Timeouts, `follow_up`).
//!
//! The clock runs from the operator's last message while the visitor does not reply; it fires once per
//! silence, so that further messages of the operator do not start it again before the visitor has written. What else
//! starts and stops it is in `timer_rules.rs`.

use crate::Timestamp;
use crate::event::{ConversationFact, Fact, Notice};
use crate::id::ConversationId;
use crate::settings::Timeouts;
use crate::state::Conversation;
use crate::state::timers::TimerKind;

pub(crate) fn restart(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    restart_at(conversation, timeouts, at, at);
}

/// Starts it as of a time in the future, until which the visitor counts as writing. Nothing starts after the phrase of
/// this silence.
pub(crate) fn restart_at(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    from: Timestamp,
) {
    let silence = timeouts.follow_up().filter(|_| !conversation.followed_up);
    conversation.timers.arm(TimerKind::FollowUp, at, silence.map(|silence| from + silence));
}

pub(crate) const fn stop(conversation: &mut Conversation) {
    conversation.timers.cancel(TimerKind::FollowUp);
}

pub(crate) fn due(id: ConversationId, conversation: &Conversation) -> Fact {
    Fact::conversation(id, conversation.operator().cloned(), ConversationFact::Notice(Notice::FollowedUp))
}

/// It was sent: it is not sent again before the visitor has written.
pub(crate) const fn evolve(conversation: &mut Conversation) {
    conversation.followed_up = true;
    stop(conversation);
}
