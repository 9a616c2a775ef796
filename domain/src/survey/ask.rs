//! Ask: at the end of a conversation that an operator answered, or by hand before it.
//!
//! The operator survey goes to the operator in charge at the end, unless it was filled in before
//! (`complete_button`). The visitor survey is sent unless one was sent by hand (`operator_may_send`).

use chrono::TimeDelta;

use super::{Pending, close};
use crate::Instant;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::conversation::{self, Rejection as ConversationRejection};
use crate::event::{ConversationFact, Fact};
use crate::id::{ConversationId, OperatorId, SurveyId};
use crate::limits::OPERATOR_SURVEY_HOURS;
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;

/// The surveys that follow the end of a conversation.
pub(crate) fn at_end(livechat: &Livechat, id: ConversationId) -> Vec<Fact> {
    let Some(remains) = livechat.over().remains(id).filter(|remains| remains.answered) else {
        return vec![];
    };
    let settings = livechat.settings();
    // Whoever ends it in the queue, to which it came back, asks the operator who answered.
    let in_charge = remains.last_operator();
    let waits_already = |audience| {
        livechat.pending_survey(id, audience).is_some_and(|pending| match audience {
            Audience::Operator => pending.operator.as_ref() == in_charge,
            Audience::Visitor => true,
        })
    };
    let operator = settings.operator_survey.survey.as_ref();
    let visitor = settings.visitor_survey.survey.as_ref();
    let for_operator = operator
        .filter(|_| !remains.operator_survey_done && !waits_already(Audience::Operator))
        .and_then(|survey| asked(livechat, id, in_charge, Audience::Operator, survey));
    let for_visitor = visitor
        .filter(|_| !remains.visitor_survey_sent && !waits_already(Audience::Visitor))
        .and_then(|survey| asked(livechat, id, in_charge, Audience::Visitor, survey));
    let replaced = for_operator.as_ref().and_then(|_| close::replaced(livechat, id, Audience::Operator));
    [replaced, for_operator, for_visitor].into_iter().flatten().collect()
}

/// Send a survey to the visitor by hand: the operator who has picked up, once per segment, and not while one
/// of the segment before still waits.
pub(crate) fn by_hand(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    survey: &SurveyId,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let operator = conversation::operator_answering(
        conversation,
        id,
        by,
        both("send a survey", "envoyer un questionnaire"),
    )?;
    if !livechat.settings().visitor_survey.operator_may_send {
        return Err(Rejection::OptionOff("visitor_survey.operator_may_send"));
    }
    if conversation.visitor_survey_sent || livechat.pending_survey(id, Audience::Visitor).is_some() {
        return Err(ConversationRejection::SurveySent(id).into());
    }
    let is_for_visitors =
        livechat.settings().surveys.get(survey).is_some_and(|survey| survey.audience == Audience::Visitor);
    let fact = asked(livechat, id, Some(operator), Audience::Visitor, survey)
        .filter(|_| is_for_visitors)
        .ok_or_else(|| Rejection::UnknownSurvey(survey.clone()))?;
    Ok(vec![fact])
}

pub(super) fn asked(
    livechat: &Livechat,
    id: ConversationId,
    operator: Option<&OperatorId>,
    audience: Audience,
    survey: &SurveyId,
) -> Option<Fact> {
    // Nobody is asked in the place of an operator who was removed.
    if audience == Audience::Operator {
        livechat.operator(operator?)?;
    }
    let version = livechat.settings().surveys.get(survey)?.version;
    let fact = ConversationFact::SurveyAsked { audience, survey: survey.clone(), version };
    Some(Fact::conversation(id, operator.cloned(), fact))
}

pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Instant,
    id: ConversationId,
    operator: Option<&OperatorId>,
    (audience, survey, version): (Audience, &SurveyId, u32),
) {
    let live = livechat.conversation(id).map(|live| live.visitor.clone());
    let is_live = live.is_some();
    let Some(visitor) = live.or_else(|| livechat.over().remains(id).map(|over| over.visitor.clone())) else {
        return;
    };
    if audience == Audience::Visitor {
        livechat.change_conversation(id, |conversation, _| conversation.visitor_survey_sent = true);
    }
    let closes_at = if is_live { None } else { deadline(livechat, at, audience) };
    let pending = Pending {
        survey: survey.clone(),
        version,
        operator: operator.cloned(),
        visitor,
        opened_at: None,
        closes_at,
    };
    livechat.change_survey(id, audience, |slot| *slot = Some(pending));
}

/// The conversation is over: what was asked before its end waits from now on for as long as what is asked now.
/// What waits since the end of a segment before keeps its own time.
pub(crate) fn conversation_ended(livechat: &mut Livechat, at: Instant, id: ConversationId) {
    for audience in [Audience::Operator, Audience::Visitor] {
        let closes_at = deadline(livechat, at, audience);
        livechat.change_survey(id, audience, |slot| {
            if let Some(pending) = slot {
                pending.closes_at = pending.closes_at.or(closes_at);
            }
        });
    }
}

fn deadline(livechat: &Livechat, at: Instant, audience: Audience) -> Option<Instant> {
    match audience {
        Audience::Operator => Some(at + TimeDelta::hours(OPERATOR_SURVEY_HOURS)),
        Audience::Visitor => livechat.settings().timeouts.pending_survey().map(|time| at + time),
    }
}
