//! End the livechat: by the visitor, by the operator in charge once it is picked up, by a supervisor,
//! or by the visitor's inactivity. A visitor who ends it before the pick-up gives up waiting (`leave.rs`).

use super::leave;
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::EndReason;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Livechat;
use crate::state::{Conversation, Phase};
use crate::survey;

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let reason = reason(conversation, id, by)?;
    if reason == EndReason::Visitor && conversation.waits_for_pick_up() {
        return Ok(vec![leave::left(id, conversation)]);
    }
    Ok(vec![Fact::conversation(
        id,
        conversation.operator().cloned(),
        ConversationFact::Flow(Flow::Ended { reason }),
    )])
}

fn reason(conversation: &Conversation, id: ConversationId, by: &Actor) -> Result<EndReason, Rejection> {
    match by {
        Actor::Visitor(_) | Actor::Integration(_) => {
            super::roles::visitor_side(
                conversation,
                id,
                by,
                both("end a conversation", "mettre fin à une conversation"),
            )?;
            Ok(EndReason::Visitor)
        }
        Actor::Operator(_) => {
            super::roles::operator_in_charge(
                conversation,
                id,
                by,
                both("end a conversation", "mettre fin à une conversation"),
            )?;
            if matches!(conversation.phase, Phase::Assigned { picked_up: false, .. }) {
                return Err(ConversationRejection::NotPickedUp(id).into());
            }
            Ok(EndReason::Operator)
        }
        Actor::Supervisor(_) => Ok(EndReason::Supervisor),
        Actor::Administrator(_) | Actor::Analyst(_) | Actor::System => Err(Rejection::Forbidden {
            role: by.role(),
            action: both("end a conversation", "mettre fin à une conversation"),
        }),
    }
}

/// The conversation, or its segment, is over, whatever ended it.
pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: ConversationId) {
    if let Some(conversation) = livechat.conversation(id)
        && let Some(assigned_at) = conversation.assigned_at.filter(|_| conversation.is_answered())
    {
        livechat.service_times.push(at - assigned_at);
    }
    survey::ask::conversation_ended(livechat, at, id);
    livechat.close(id);
}
