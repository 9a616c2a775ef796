//! The operator types (spec.md §Timeouts, `auto_transfer`: typing restarts the clock).
//!
//! Typing is a live signal. It becomes an event only once the operator has picked up, while the clock of the
//! automatic transfer runs, and when the deadline moves by [`TYPING_SECS`] at least.

use chrono::TimeDelta;

use crate::Instant;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact};
use crate::id::ConversationId;
use crate::limits::TYPING_SECS;
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::timer::TimerKind;

pub(crate) fn decide(
    livechat: &Livechat,
    at: Instant,
    by: &Actor,
    id: ConversationId,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let operator = super::operator_in_charge(
        conversation,
        id,
        by,
        both("type in a conversation", "saisir du texte dans une conversation"),
    )?;
    let running = conversation.answering().and(conversation.timers.deadline(TimerKind::AutoTransfer));
    let anew = livechat.settings().timeouts.auto_transfer().map(|wait| at + wait);
    let moves = running.zip(anew).is_some_and(|(old, new)| new - old >= TimeDelta::seconds(TYPING_SECS));
    if !moves {
        return Ok(vec![]);
    }
    Ok(vec![Fact::conversation(id, Some(operator.clone()), ConversationFact::OperatorTyped)])
}
