//! Answer: every answer is checked against the version of the survey that was asked. When it was opened and
//! when it was answered are both recorded.

use crate::actor::Actor;
use crate::conversation::Rejection as ConversationRejection;
use crate::event::{ConversationFact, Fact};
use crate::id::ConversationId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::settings::surveys::{Answers, Audience};

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    audience: Audience,
    answers: &Answers,
) -> Result<Vec<Fact>, Rejection> {
    let pending = super::pending_for(livechat, by, id, audience)?;
    let survey =
        livechat.survey(&pending.survey, pending.version).ok_or(ConversationRejection::NoSurvey(id))?;
    survey.check_answers(answers)?;
    let fact = ConversationFact::SurveyAnswered {
        audience,
        survey: pending.survey.clone(),
        version: pending.version,
        opened_at: pending.opened_at,
        answers: answers.clone(),
    };
    Ok(vec![Fact::conversation(id, pending.operator.clone(), fact)])
}

pub(crate) fn evolve(livechat: &mut Livechat, id: ConversationId, audience: Audience) {
    // What was asked at the end of the segment before says nothing of this one.
    let before_the_end =
        livechat.pending_survey(id, audience).is_some_and(|pending| pending.closes_at.is_none());
    livechat.change_survey(id, audience, |slot| *slot = None);
    if audience == Audience::Operator && before_the_end {
        livechat.change_conversation(id, |conversation, _| conversation.operator_survey_done = true);
    }
}
