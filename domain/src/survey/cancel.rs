//! Cancel: the operator gives up this attempt, while `cancel_button` is on. The conversation stays where it
//! is, and the survey still waits.

use crate::actor::Actor;
use crate::event::{ConversationFact, Fact};
use crate::id::ConversationId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let audience = Audience::Operator;
    let pending = super::pending_for(livechat, by, id, audience)?;
    if !livechat.settings().operator_survey.cancel_button {
        return Err(Rejection::OptionOff("operator_survey.cancel_button"));
    }
    if pending.opened_at.is_none() {
        return Ok(vec![]);
    }
    let fact = ConversationFact::SurveyCancelled { audience };
    Ok(vec![Fact::conversation(id, pending.operator.clone(), fact)])
}

pub(crate) fn evolve(livechat: &mut Livechat, id: ConversationId, audience: Audience) {
    livechat.change_survey(id, audience, |slot| {
        if let Some(pending) = slot {
            pending.opened_at = None;
        }
    });
}
