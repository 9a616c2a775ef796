//! Who may do something with a conversation: the visitor's side, the operator in charge, or a supervisor.

use crate::actor::Actor;
use crate::bilingual::Bilingual;
use crate::id::{ConversationId, OperatorId};
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Conversation;

/// The visitor of this conversation, or the integration that speaks for the visitor.
pub(crate) fn visitor_side(
    conversation: &Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<(), Rejection> {
    match by {
        Actor::Integration(_) => Ok(()),
        Actor::Visitor(visitor) if *visitor == conversation.visitor => Ok(()),
        Actor::Visitor(_) => Err(ConversationRejection::NotYours(id).into()),
        Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::System => Err(Rejection::Forbidden { role: by.role(), action }),
    }
}

/// The operator who has this conversation, if they are the actor.
pub(crate) fn operator_in_charge<'a>(
    conversation: &'a Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<&'a OperatorId, Rejection> {
    match by {
        Actor::Operator(me) => match conversation.operator() {
            Some(operator) if operator == me => Ok(operator),
            Some(_) => Err(ConversationRejection::NotYours(id).into()),
            None => Err(ConversationRejection::NotAssigned(id).into()),
        },
        Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => Err(Rejection::Forbidden { role: by.role(), action }),
    }
}

/// The operator who has picked this conversation up, if they are the actor.
pub(crate) fn operator_answering<'a>(
    conversation: &'a Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<&'a OperatorId, Rejection> {
    operator_in_charge(conversation, id, by, action)?;
    conversation.answering().ok_or_else(|| ConversationRejection::NotPickedUp(id).into())
}

/// The operator who has this conversation, or a supervisor.
pub(crate) fn operator_or_supervisor(
    conversation: &Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<(), Rejection> {
    match by {
        Actor::Supervisor(_) => Ok(()),
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => operator_in_charge(conversation, id, by, action).map(|_| ()),
    }
}
