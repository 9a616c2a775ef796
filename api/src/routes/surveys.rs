//! Surveys: send one by hand, and fill one in.
//!
//! The role of the caller decides which survey it is: an operator fills in the operator survey, a visitor, or the
//! integration for the visitor, the visitor survey. A conversation that was kept open and asked for again has surveys
//! of each segment; `segment` says which where several wait for the caller.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use chrono::{DateTime, Utc};
use domain::conversation::Rejection as ConversationRejection;
use domain::settings::surveys::{Answers, Audience, Survey};
use domain::state::survey::{Pending, SurveyKey};
use domain::survey::SurveyRef;
use domain::{Action, ConversationAction, Livechat, Rejection, SurveyId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::{Caller, Role};
use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody, Json};
use crate::limits::PENDING_SURVEYS_MAX;

/// Which survey.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "survey": "satisfaction" }))]
pub struct SurveySelection {
    /// One for visitors.
    survey: SurveyId,
}

/// Send a survey to the visitor by hand: the operator who has picked up, while
/// `visitor_survey.operator_may_send` is on, once per segment of the conversation.
#[utoipa::path(
    post, path = "/conversations/{conversation}/surveys", tag = "surveys", request_body = SurveySelection,
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 409, body = Problem, description = "`survey_sent`: one was sent already")
    )
)]
pub async fn send(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(SurveySelection { survey }): Json<SurveySelection>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::SendSurvey(survey))).await
}

/// About which segment.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SegmentParams {
    /// The number of the segment of the conversation, from 1. Optional while only one survey waits for the caller;
    /// without it, the last one is shown.
    #[param(minimum = 1)]
    segment: Option<u32>,
}

/// A survey that waits for answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PendingSurvey {
    /// About which conversation.
    conversation: Uuid,
    /// The number of the segment of it that it is about, from 1.
    segment: u32,
    /// Since when it is on the screen; absent if it is not.
    opened_at: Option<DateTime<Utc>>,
    /// When it is closed unanswered, if not by hand only.
    closes_at: Option<DateTime<Utc>>,
    /// What it asks, in the version that was asked.
    survey: Survey,
}

/// The surveys of this conversation that wait for the caller, by segment: the visitor's page shows them after a
/// reload.
#[utoipa::path(
    get, path = "/conversations/{conversation}/surveys", tag = "surveys",
    responses((status = 200, body = Vec<PendingSurvey>, example = json!([])))
)]
pub async fn waiting_here(
    Reader { caller, app, .. }: Reader,
    ConversationInPath(id): ConversationInPath,
) -> Result<axum::Json<Vec<PendingSurvey>>, Problem> {
    let audience = audience(&caller)?;
    caller.must_hold(id)?;
    let look = |state: &Livechat| -> Vec<PendingSurvey> {
        let all = state.pending_surveys_of(id, audience);
        let mine = all.filter(|(_, pending)| is_for(pending, audience, &caller));
        mine.filter_map(|(key, pending)| waiting(state, key, pending)).collect()
    };
    Ok(axum::Json(app.journal.snapshot(&caller.livechat, look).await?.1))
}

/// The survey of this conversation that waits for the caller: the visitor's page shows it after a reload.
#[utoipa::path(
    get, path = "/conversations/{conversation}/survey", tag = "surveys", params(SegmentParams),
    responses(
        (status = 200, body = PendingSurvey, example = json!({
            "conversation": "0197a6d0-3f4c-7c2e-9d1b-5a4e8f0c1234",
            "segment": 1,
            "opened_at": null,
            "closes_at": "2027-01-15T12:30:00Z",
            "survey": {
                "id": "satisfaction", "version": 1, "name": "Satisfaction", "title": { "en": "Your opinion" },
                "audience": "visitor",
                "fields": [{ "id": "note", "label": { "en": "Your rating" }, "kind": "rating" }]
            }
        })),
        (status = 404, body = Problem, description = "`no_survey`: none waits for the caller")
    )
)]
pub async fn read(
    reader: Reader<SegmentParams>,
    ConversationInPath(id): ConversationInPath,
) -> Result<axum::Json<PendingSurvey>, Problem> {
    let SegmentParams { segment } = reader.allowed()?;
    let Reader { caller, app, .. } = reader;
    let audience = audience(&caller)?;
    caller.must_hold(id)?;
    let look = |state: &Livechat| {
        let mut all = state.pending_surveys_of(id, audience).rev();
        let mine = all.find(|(key, pending)| {
            segment.is_none_or(|segment| segment == key.segment) && is_for(pending, audience, &caller)
        });
        mine.and_then(|(key, pending)| waiting(state, key, pending))
    };
    let found = app.journal.snapshot(&caller.livechat, look).await?.1;
    Ok(axum::Json(found.ok_or_else(|| Rejection::from(ConversationRejection::NoSurvey(id)))?))
}

/// The operator's own surveys that wait, those that close first before the others, at most 200: the desk
/// shows them after a reload.
#[utoipa::path(
    get, path = "/surveys/pending", tag = "surveys",
    responses((status = 200, body = Vec<PendingSurvey>, example = json!([{
        "conversation": "0197a6d0-3f4c-7c2e-9d1b-5a4e8f0c1234",
        "segment": 1,
        "opened_at": "2027-01-15T12:00:40Z",
        "closes_at": "2027-01-19T12:00:00Z",
        "survey": {
            "id": "wrap-up", "version": 2, "name": "Wrap-up", "title": { "en": "What was it about?" },
            "audience": "operator",
            "fields": [{ "id": "topic", "label": { "en": "Topic" }, "kind": "short_text", "mandatory": true }]
        }
    }])))
)]
pub async fn pending(Reader { caller, app, .. }: Reader) -> Result<axum::Json<Vec<PendingSurvey>>, Problem> {
    caller.may_call()?;
    let look = |state: &Livechat| {
        let mine = state.pending_surveys().filter(|(key, pending)| {
            key.audience == Audience::Operator && is_for(pending, key.audience, &caller)
        });
        let mut mine: Vec<PendingSurvey> =
            mine.filter_map(|(key, pending)| waiting(state, key, pending)).collect();
        // Surveys without a deadline come last.
        mine.sort_by_key(|waiting| {
            (waiting.closes_at.is_none(), waiting.closes_at, waiting.conversation, waiting.segment)
        });
        mine.truncate(PENDING_SURVEYS_MAX);
        mine
    };
    Ok(axum::Json(app.journal.snapshot(&caller.livechat, look).await?.1))
}

/// The survey is on the screen. An operator may open it before the end of the conversation while
/// `operator_survey.complete_button` is on.
#[utoipa::path(
    put, path = "/conversations/{conversation}/survey/opened", tag = "surveys", params(SegmentParams),
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 404, body = Problem, description = "`no_survey`: none waits for the caller")
    )
)]
pub async fn open(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    about: Result<Query<SegmentParams>, QueryRejection>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    let action = Action::Conversation(id, ConversationAction::OpenSurvey(survey(&commander.caller, about)?));
    commander.run(action).await
}

/// Give this attempt up: the operator, while `operator_survey.cancel_button` is on. The survey still waits.
#[utoipa::path(
    delete, path = "/conversations/{conversation}/survey/opened", tag = "surveys", params(SegmentParams),
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 404, body = Problem, description = "`no_survey`: none waits for the caller")
    )
)]
pub async fn cancel(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    about: Result<Query<SegmentParams>, QueryRejection>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.caller.may_call()?;
    let Query(SegmentParams { segment }) = about?;
    commander.run(Action::Conversation(id, ConversationAction::CancelSurvey(segment))).await
}

/// Answers to a survey.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answers": { "note": { "rating": 5 }, "why": { "text": "Quick and friendly" } } }))]
#[schema(as = GivenAnswers)]
pub struct GivenAnswers {
    /// By field.
    answers: Answers,
}

/// Answer: checked against the version that was asked. Every wrong answer is named.
#[utoipa::path(
    put, path = "/conversations/{conversation}/survey/answers", tag = "surveys", params(SegmentParams), request_body = GivenAnswers,
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 404, body = Problem, description = "`no_survey`: none waits for the caller"),
        (status = 409, body = Problem, description = "`segment_needed`: several wait for the caller")
    )
)]
pub async fn answer(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    about: Result<Query<SegmentParams>, QueryRejection>,
    Json(GivenAnswers { answers }): Json<GivenAnswers>,
) -> Result<axum::Json<Receipt>, Problem> {
    let action = Action::Conversation(
        id,
        ConversationAction::AnswerSurvey(survey(&commander.caller, about)?, Box::new(answers)),
    );
    commander.run(action).await
}

/// Close without an answer: the visitor, or the operator while `operator_survey.closable_unanswered` is on.
#[utoipa::path(
    post, path = "/conversations/{conversation}/survey/close", tag = "surveys", params(SegmentParams),
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 404, body = Problem, description = "`no_survey`: none waits for the caller")
    )
)]
pub async fn close(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    about: Result<Query<SegmentParams>, QueryRejection>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    let action = Action::Conversation(id, ConversationAction::CloseSurvey(survey(&commander.caller, about)?));
    commander.run(action).await
}

/// The audience for which the caller fills surveys in.
fn audience(caller: &Caller) -> Result<Audience, Problem> {
    caller.may_call()?;
    Ok(if caller.role == Role::Operator { Audience::Operator } else { Audience::Visitor })
}

/// Which survey the caller means.
fn survey(
    caller: &Caller,
    about: Result<Query<SegmentParams>, QueryRejection>,
) -> Result<SurveyRef, Problem> {
    let audience = audience(caller)?;
    let Query(SegmentParams { segment }) = about?;
    Ok(SurveyRef { audience, segment })
}

/// Does it wait for the caller?
fn is_for(pending: &Pending, audience: Audience, caller: &Caller) -> bool {
    match audience {
        Audience::Operator => pending.operator.as_ref().is_some_and(|me| me.as_str() == caller.subject),
        Audience::Visitor => caller.role == Role::Integration || pending.visitor.as_str() == caller.subject,
    }
}

fn waiting(state: &Livechat, key: SurveyKey, pending: &Pending) -> Option<PendingSurvey> {
    Some(PendingSurvey {
        conversation: key.conversation.0,
        segment: key.segment,
        opened_at: pending.opened_at,
        closes_at: pending.closes_at,
        survey: state.survey(&pending.survey, pending.version)?.clone(),
    })
}
