//! Write internally: a message between the operator in charge and the supervisors, which the visitor never
//! sees (spec.md §The desk, the supervisor, the visitor).
//!
//! It is part of the transcript for those who may read it, has no number among the messages of the
//! conversation, and counts as nobody's message: it moves no clock.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Exchange, Fact};
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Livechat;
use crate::text::Text;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    text: &Text,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    super::roles::operator_or_supervisor(
        conversation,
        id,
        by,
        both("write an internal message", "écrire un message interne"),
    )?;
    let Some(operator) = conversation.operator() else {
        return Err(ConversationRejection::NotAssigned(id).into());
    };
    let fact = ConversationFact::Exchange(Exchange::InternalMessagePosted { text: text.clone().into() });
    Ok(vec![Fact::conversation(id, Some(operator.clone()), fact)])
}
