//! Ask: at the end of a segment that an operator picked up, or by hand before it.
//!
//! The operator survey goes to the operator who picked the segment up last, unless it was filled in before
//! (`complete_button`). The visitor survey is sent unless one was sent by hand (`operator_may_send`); it is about the
//! same operator. A survey that still waits from an earlier segment keeps waiting beside it.
//!
//! **How long it waits.** A survey that was asked before the end waits for as long as the conversation goes on. From
//! the end on, the visitor's waits for `pending_survey`. The operator's waits for `pending_hours` where it may be left
//! without an answer; where it may not (`closable_unanswered` is off), until it is filled in, whatever happens to the
//! operator's connection meanwhile. It keeps the time it was given when the settings change.

use chrono::TimeDelta;

use super::close;
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::conversation::roles;
use crate::event::{ConversationFact, Fact, SurveyStep};
use crate::id::{ConversationId, OperatorId, SurveyId};
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::state::Livechat;
use crate::state::survey::{Pending, SurveyKey};

/// The surveys that follow the end of a segment.
pub(crate) fn at_end(livechat: &Livechat, id: ConversationId) -> Vec<Fact> {
    let Some(ended) = livechat.recently_ended().get(id) else { return vec![] };
    // If it ends on the way to the next operator, the one who answered is asked.
    let Some(answered) = ended.picked_up_by.as_ref() else { return vec![] };
    let settings = livechat.settings();
    let key = |audience| SurveyKey { conversation: id, segment: ended.segment, audience };
    let waits_already = |audience| {
        livechat.pending_survey_of(key(audience)).is_some_and(|pending| match audience {
            Audience::Operator => pending.operator.as_ref() == Some(answered),
            Audience::Visitor => true,
        })
    };
    let ask = |audience, survey: &Option<SurveyId>, was_asked: bool| {
        let survey = survey.as_ref().filter(|_| !was_asked && !waits_already(audience))?;
        asked(livechat, key(audience), Some(answered), survey)
    };
    let for_operator = ask(Audience::Operator, &settings.operator_survey.survey, ended.operator_survey_done);
    let for_visitor = ask(Audience::Visitor, &settings.visitor_survey.survey, ended.visitor_survey_sent);
    let replaced = for_operator.as_ref().and_then(|_| close::replaced(livechat, key(Audience::Operator)));
    [replaced, for_operator, for_visitor].into_iter().flatten().collect()
}

/// Send a survey to the visitor by hand: the operator who has picked up, once per segment.
pub(crate) fn by_hand(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    survey: &SurveyId,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let operator =
        roles::operator_answering(conversation, id, by, both("send a survey", "envoyer un questionnaire"))?;
    if !livechat.settings().visitor_survey.operator_may_send {
        return Err(Rejection::OptionOff("visitor_survey.operator_may_send"));
    }
    if conversation.visitor_survey_sent {
        return Err(ConversationRejection::SurveySent(id).into());
    }
    let is_for_visitors =
        livechat.settings().surveys.get(survey).is_some_and(|survey| survey.audience == Audience::Visitor);
    let key = SurveyKey { conversation: id, segment: conversation.segment, audience: Audience::Visitor };
    let fact = asked(livechat, key, Some(operator), survey)
        .filter(|_| is_for_visitors)
        .ok_or_else(|| Rejection::UnknownSurvey(survey.clone()))?;
    Ok(vec![fact])
}

pub(super) fn asked(
    livechat: &Livechat,
    key: SurveyKey,
    operator: Option<&OperatorId>,
    survey: &SurveyId,
) -> Option<Fact> {
    // Nobody is asked in place of a removed operator.
    if key.audience == Audience::Operator {
        livechat.operator(operator?)?;
    }
    let version = livechat.settings().surveys.get(survey)?.version;
    let SurveyKey { conversation, segment, audience } = key;
    let fact =
        ConversationFact::Survey(SurveyStep::Asked { audience, segment, survey: survey.clone(), version });
    Some(Fact::conversation(conversation, operator.cloned(), fact))
}

pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Timestamp,
    key: SurveyKey,
    operator: Option<&OperatorId>,
    (survey, version): (&SurveyId, u32),
) {
    let id = key.conversation;
    let live = livechat.conversation(id).map(|live| live.visitor.clone());
    let is_live = live.is_some();
    let Some(visitor) = live.or_else(|| livechat.recently_ended().get(id).map(|over| over.visitor.clone()))
    else {
        return;
    };
    if key.audience == Audience::Visitor {
        livechat.change_conversation(id, |conversation, _| conversation.visitor_survey_sent = true);
    }
    let closes_at = if is_live { None } else { deadline(livechat, at, key.audience) };
    let pending = Pending {
        survey: survey.clone(),
        version,
        operator: operator.cloned(),
        visitor,
        opened_at: None,
        closes_at,
    };
    livechat.change_survey(key, |slot| *slot = Some(pending));
}

/// The segment is over: what was asked before its end waits from now on for as long as what is asked now.
pub(crate) fn conversation_ended(livechat: &mut Livechat, at: Timestamp, id: ConversationId) {
    let Some(segment) = livechat.conversation(id).map(|conversation| conversation.segment) else { return };
    for audience in [Audience::Operator, Audience::Visitor] {
        let closes_at = deadline(livechat, at, audience);
        livechat.change_survey(SurveyKey { conversation: id, segment, audience }, |slot| {
            if let Some(pending) = slot {
                pending.closes_at = pending.closes_at.or(closes_at);
            }
        });
    }
}

fn deadline(livechat: &Livechat, at: Timestamp, audience: Audience) -> Option<Timestamp> {
    let waits: Option<TimeDelta> = match audience {
        Audience::Operator => livechat.settings().operator_survey.pending(),
        Audience::Visitor => livechat.settings().timeouts.pending_survey(),
    };
    waits.map(|time| at + time)
}
