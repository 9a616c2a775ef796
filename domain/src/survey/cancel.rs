//! Cancel: the operator gives up this attempt, while `cancel_button` is on. The conversation stays where it
//! is, and the survey still waits.

use super::SurveyRef;
use crate::actor::Actor;
use crate::event::{ConversationFact, Fact, SurveyStep};
use crate::id::ConversationId;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::state::Livechat;
use crate::state::survey::SurveyKey;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    segment: Option<u32>,
) -> Result<Vec<Fact>, Rejection> {
    let audience = Audience::Operator;
    let (key, pending) = super::pending::pending_for(livechat, by, id, SurveyRef { audience, segment })?;
    if !livechat.settings().operator_survey.cancel_button {
        return Err(Rejection::OptionOff("operator_survey.cancel_button"));
    }
    if pending.opened_at.is_none() {
        return Ok(vec![]);
    }
    let fact = ConversationFact::Survey(SurveyStep::Cancelled { audience, segment: key.segment });
    Ok(vec![Fact::conversation(id, pending.operator.clone(), fact)])
}

pub(crate) fn evolve(livechat: &mut Livechat, key: SurveyKey) {
    livechat.change_survey(key, |slot| {
        if let Some(pending) = slot {
            pending.opened_at = None;
        }
    });
}
