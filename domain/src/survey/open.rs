//! Open: the survey is on the screen of the visitor or operator who is asked. The first time is recorded.
//!
//! An operator may open the operator survey before the end of the conversation while `complete_button` is
//! on; it is asked then. Without a segment, the command means the live one, if its survey may be opened, else the one
//! whose survey waits.

use super::{SurveyRef, ask, close};
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::conversation::roles;
use crate::event::{ConversationFact, Fact, SurveyStep};
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::state::Conversation;
use crate::state::Livechat;
use crate::state::survey::{Pending, SurveyKey};

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    which: SurveyRef,
) -> Result<Vec<Fact>, Rejection> {
    let live = livechat.conversation(id).filter(|live| {
        which.audience == Audience::Operator && which.segment.is_none_or(|it| it == live.segment)
    });
    let of_this = live.map(|live| SurveyRef { segment: Some(live.segment), ..which });
    let which =
        of_this.filter(|it| super::pending::pending_for(livechat, by, id, *it).is_ok()).unwrap_or(which);
    let pending = super::pending::pending_for(livechat, by, id, which);
    match (pending, live) {
        (Ok((key, pending)), None) => Ok(opened(key, pending)),
        (Ok((key, pending)), Some(live)) if key.segment == live.segment => Ok(opened(key, pending)),
        (Ok((key, pending)), Some(live)) => {
            Ok(before_the_end(livechat, by, id, live).unwrap_or_else(|_| opened(key, pending)))
        }
        (Err(_), Some(live)) => before_the_end(livechat, by, id, live),
        (Err(rejection), None) => Err(rejection),
    }
}

fn opened(key: SurveyKey, pending: &Pending) -> Vec<Fact> {
    if pending.opened_at.is_some() {
        return vec![];
    }
    let fact = ConversationFact::Survey(SurveyStep::Opened { audience: key.audience, segment: key.segment });
    vec![Fact::conversation(key.conversation, pending.operator.clone(), fact)]
}

/// Asks the operator survey of the segment that goes on, and opens it.
fn before_the_end(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    conversation: &Conversation,
) -> Result<Vec<Fact>, Rejection> {
    let audience = Audience::Operator;
    let operator = roles::operator_answering(
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
    let segment = conversation.segment;
    let key = SurveyKey { conversation: id, segment, audience };
    let asked = settings
        .survey
        .as_ref()
        .and_then(|survey| ask::asked(livechat, key, Some(operator), survey))
        .ok_or(ConversationRejection::NoSurvey(id))?;
    let opened = Fact::conversation(
        id,
        Some(operator.clone()),
        ConversationFact::Survey(SurveyStep::Opened { audience, segment }),
    );
    let replaced = close::replaced(livechat, key);
    Ok(replaced.into_iter().chain([asked, opened]).collect())
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, key: SurveyKey) {
    livechat.change_survey(key, |slot| {
        if let Some(pending) = slot {
            pending.opened_at.get_or_insert(at);
        }
    });
}
