//! Answer: every answer is checked against the version of the survey that was asked. When it was opened and
//! when it was answered are both recorded.

use super::SurveyRef;
use crate::actor::Actor;
use crate::event::{ConversationFact, Fact, SurveyStep};
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::surveys::{Answers, Audience};
use crate::state::Livechat;
use crate::state::survey::SurveyKey;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    which: SurveyRef,
    answers: &Answers,
) -> Result<Vec<Fact>, Rejection> {
    let (key, pending) = super::pending::pending_for(livechat, by, id, which)?;
    let survey =
        livechat.survey(&pending.survey, pending.version).ok_or(ConversationRejection::NoSurvey(id))?;
    survey.check_answers(answers)?;
    let fact = ConversationFact::Survey(SurveyStep::Answered {
        audience: key.audience,
        segment: key.segment,
        survey: pending.survey.clone(),
        version: pending.version,
        opened_at: pending.opened_at,
        answers: answers.clone(),
    });
    Ok(vec![Fact::conversation(id, pending.operator.clone(), fact)])
}

pub(crate) fn evolve(livechat: &mut Livechat, key: SurveyKey) {
    livechat.change_survey(key, |slot| *slot = None);
    if key.audience == Audience::Operator {
        livechat.change_conversation(key.conversation, |conversation, _| {
            // An answer about an earlier segment says nothing about this one.
            conversation.operator_survey_done |= conversation.segment == key.segment;
        });
    }
}
