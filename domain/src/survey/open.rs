//! Open: the survey is on the screen of whoever is asked. The first time is recorded.
//!
//! An operator may open the operator survey before the end of the conversation while `complete_button` is
//! on; it is asked then.

use super::{ask, close};
use crate::Instant;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::conversation::{self, Rejection as ConversationRejection};
use crate::event::{ConversationFact, Fact};
use crate::id::ConversationId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    audience: Audience,
) -> Result<Vec<Fact>, Rejection> {
    let opened = ConversationFact::SurveyOpened { audience };
    match (super::pending_for(livechat, by, id, audience), livechat.conversation(id), audience) {
        (Ok(pending), _, _) if pending.opened_at.is_some() => Ok(vec![]),
        (Ok(pending), _, _) => Ok(vec![Fact::conversation(id, pending.operator.clone(), opened)]),
        (Err(_), Some(conversation), Audience::Operator) => {
            let operator = conversation::operator_answering(
                conversation,
                id,
                by,
                both("fill in the survey", "remplir le questionnaire"),
            )?;
            let settings = &livechat.settings().operator_survey;
            if !settings.complete_button {
                return Err(Rejection::OptionOff("operator_survey.complete_button"));
            }
            if conversation.operator_survey_done {
                return Err(ConversationRejection::NoSurvey(id).into());
            }
            let asked = settings
                .survey
                .as_ref()
                .and_then(|survey| ask::asked(livechat, id, Some(operator), audience, survey))
                .ok_or(ConversationRejection::NoSurvey(id))?;
            let opened = Fact::conversation(id, Some(operator.clone()), opened);
            let replaced = close::replaced(livechat, id, audience);
            Ok(replaced.into_iter().chain([asked, opened]).collect())
        }
        (Err(rejection), _, _) => Err(rejection),
    }
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Instant, id: ConversationId, audience: Audience) {
    livechat.change_survey(id, audience, |slot| {
        if let Some(pending) = slot {
            pending.opened_at.get_or_insert(at);
        }
    });
}
