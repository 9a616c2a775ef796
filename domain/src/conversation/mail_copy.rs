//! Mail a copy to oneself (spec.md §Desk options, `mail_to_self`): the operator in charge, to the address in
//! the operator's own profile, which cannot be typed.
//!
//! The event names the address; the program that delivers mail takes it from there. Each request is one copy.

use crate::actor::Actor;
use crate::bilingual::{Bilingual, both};
use crate::event::{ConversationFact, Exchange, Fact};
use crate::id::{ConversationId, OperatorId};
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::DeskOption;
use crate::state::Livechat;

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::MailToSelf, by)?;
    let operator = whose_copy(livechat, by, id)?;
    let to = livechat
        .operator(operator)
        .and_then(|operator| operator.profile.email.clone())
        .ok_or_else(|| ConversationRejection::NoAddress(operator.clone()))?;
    Ok(vec![Fact::conversation(
        id,
        Some(operator.clone()),
        ConversationFact::Exchange(Exchange::CopyMailed { to }),
    )])
}

/// The operator in charge, or the one in charge at the end of a conversation that has just ended.
fn whose_copy<'a>(
    livechat: &'a Livechat,
    by: &Actor,
    id: ConversationId,
) -> Result<&'a OperatorId, Rejection> {
    const ACTION: Bilingual =
        both("have a copy of a conversation mailed", "se faire envoyer la copie d’une conversation");
    let over = livechat.phrase_context(id).filter(|_| livechat.conversation(id).is_none());
    match (over.and_then(|over| over.operator), by) {
        (Some(was), Actor::Operator(me)) if was == me => Ok(was),
        (Some(_), Actor::Operator(_)) => Err(ConversationRejection::NotYours(id).into()),
        (
            _,
            Actor::Operator(_)
            | Actor::Visitor(_)
            | Actor::Supervisor(_)
            | Actor::Administrator(_)
            | Actor::Analyst(_)
            | Actor::Integration(_)
            | Actor::System,
        ) => super::roles::operator_in_charge(livechat.live_conversation(id)?, id, by, ACTION),
    }
}
