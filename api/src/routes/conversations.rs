//! Conversations: request one, find them, read one.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::conversation::request::{RefusalReason, Request};
use domain::{Action, ConversationFact, ConversationId, Fact, OperatorId, Rejection};
use journal::{Position, Receipt};
use projections::conversations::{Conversation, Filter, State as Stand};
use projections::transcript::{Kind, Line};
use projections::{PAGE_MAX, Page};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{AtLeast, must_exist, query, views};
use crate::auth::{Caller, Role};
use crate::limits::VISITOR_TOKEN_HOURS;
use crate::live::visitor::{must_be_own, visitor_of};
use crate::problem::Problem;
use crate::request::{ConversationInPath, IdempotencyKey, Json};
use crate::server::App;

/// What became of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Requested {
    /// The new conversation: its id is the idempotency key of the request.
    conversation: Uuid,
    /// What the rules answered.
    outcome: Outcome,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefusalReason>,
    /// The place in the queue, from 1, if the visitor waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_position: Option<usize>,
    /// Opens the visitor's socket, and resumes it after a page reload; good for 24 hours.
    visitor_token: String,
    /// A position in the log of the livechat.
    position: Position,
}

/// What the rules answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An operator has it.
    Assigned,
    /// The visitor waits.
    Waiting,
    /// Nobody will answer.
    Refused,
}

/// Request a conversation: by the visitor, or by the integration that hands the visitor over.
#[utoipa::path(
    post, path = "/conversations", tag = "conversations", request_body = Request,
    responses((status = 201, body = Requested), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub async fn request(
    caller: Caller,
    key: IdempotencyKey,
    State(app): State<App>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, axum::Json<Requested>), Problem> {
    let id = ConversationId(key.0.0);
    let receipt = app.command(&caller, key, Action::RequestConversation(id, Box::new(request))).await?;
    // For whom the log names, never for whom the body does.
    let visitor = receipt.records.iter().find_map(|record| visitor_of(record)).ok_or(Rejection::KeyUsed)?;
    let lifetime = TimeDelta::hours(VISITOR_TOKEN_HOURS);
    let (visitor_token, _) = app
        .key
        .issue(&caller.livechat, Role::Visitor, visitor.as_str(), lifetime)
        .map_err(|error| Problem::internal(&error))?;
    let (outcome, reason, queue_position) = outcome(id, &receipt);
    let answer = Requested {
        conversation: id.0,
        outcome,
        reason,
        queue_position,
        visitor_token,
        position: receipt.position,
    };
    Ok((StatusCode::CREATED, axum::Json(answer)))
}

/// The answer of the rules, as the log tells it.
fn outcome(id: ConversationId, receipt: &Receipt) -> (Outcome, Option<RefusalReason>, Option<usize>) {
    let facts = receipt.records.iter().filter_map(|record| match &record.event.fact {
        Fact::Conversation { conversation, fact, .. } if *conversation == id => Some(fact),
        Fact::Conversation { .. } | Fact::Operator { .. } | Fact::Livechat(_) => None,
    });
    let mut answers = facts.filter_map(|fact| {
        if let ConversationFact::Refused { reason } = fact {
            Some((Outcome::Refused, Some(*reason), None))
        } else if let ConversationFact::Queued { position } = fact {
            Some((Outcome::Waiting, None, Some(*position)))
        } else {
            None
        }
    });
    answers.next().unwrap_or((Outcome::Assigned, None, None))
}

/// Which conversations.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those that stand here.
    #[param(value_type = Option<String>)]
    state: Option<Stand>,
    /// Only those of which this operator is in charge, or last was.
    #[param(value_type = Option<String>)]
    operator: Option<OperatorId>,
    /// Where the page before said the next one starts.
    cursor: Option<Position>,
    /// Rows in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// All conversations, newest request first.
#[utoipa::path(
    get, path = "/conversations", tag = "conversations", params(Which, AtLeast),
    responses((status = 200, body = Page<Conversation>), (status = 404, body = Problem))
)]
pub async fn list(
    caller: Caller,
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Page<Conversation>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Analyst])?;
    let Query(which) = which.map_err(query)?;
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    must_exist(&app, &caller.livechat).await?;
    let limit = page_limit(which.limit)?;
    let over_only = caller.role == Role::Analyst;
    let filter = Filter { state: which.state, operator: which.operator, over_only };
    Ok(axum::Json(
        app.views.conversations(&caller.livechat, &filter, which.cursor, limit).await.map_err(views)?,
    ))
}

/// The rows asked for in a page.
pub fn page_limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(50) {
        limit if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        _ => Err(Problem::field("limit", format!("1 to {PAGE_MAX}"))),
    }
}

/// One conversation.
#[utoipa::path(
    get, path = "/conversations/{conversation}", tag = "conversations", params(AtLeast),
    responses((status = 200, body = Conversation), (status = 404, body = Problem))
)]
pub async fn read(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Conversation>, Problem> {
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    Ok(axum::Json(readable(&app, &caller, id).await?))
}

/// From where.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// Only lines after this position.
    #[serde(default)]
    after: Position,
}

/// What was said and done in a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Transcript {
    /// Which one.
    conversation: Uuid,
    /// The lines, in order.
    lines: Vec<Line>,
    /// The position after which to ask for more; absent at the end.
    next: Option<Position>,
}

/// What was said and done in a conversation, at most 1,000 lines at once.
#[utoipa::path(
    get, path = "/conversations/{conversation}/transcript", tag = "conversations", params(After, AtLeast),
    responses((status = 200, body = Transcript), (status = 404, body = Problem))
)]
pub async fn transcript(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    after: Result<Query<After>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Transcript>, Problem> {
    let Query(After { after }) = after.map_err(query)?;
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    readable(&app, &caller, id).await?;
    let mut page = app.views.transcript(&caller.livechat, id, after).await.map_err(views)?;
    if caller.role == Role::Visitor {
        page.items.iter_mut().for_each(as_told_to_the_visitor);
    }
    Ok(axum::Json(Transcript { conversation: id.0, lines: page.items, next: page.next }))
}

/// The visitor's transcript says what the visitor's page said: no name of staff but the one they were
/// introduced by, no note, and a supervisor who wrote in the operator's stead is the operator.
fn as_told_to_the_visitor(line: &mut Line) {
    line.operator = None;
    match line.kind {
        Kind::Requested
        | Kind::RequestedAgain
        | Kind::Refused
        | Kind::Queued
        | Kind::QueueAdvanced
        | Kind::Released
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::FileRequested
        | Kind::FileSent
        | Kind::Ended
        | Kind::KeptOpen
        | Kind::Closed => {}
        Kind::Assigned
        | Kind::Left
        | Kind::PickedUp
        | Kind::Message
        | Kind::Transferred
        | Kind::AutoTransferred
        | Kind::AutoTransferFailed
        | Kind::ReturnedToQueue
        | Kind::FollowedUp
        | Kind::SearchNoticed
        | Kind::ImportanceMarked
        | Kind::HelpCalled
        | Kind::HelpTaken
        | Kind::HelpDone
        | Kind::CopyMailed
        | Kind::SurveyAsked
        | Kind::SurveyOpened
        | Kind::SurveyCancelled
        | Kind::SurveyAnswered
        | Kind::SurveyClosed => line.data = None,
    }
    if line.role != "visitor" {
        line.author.clear();
    }
    if line.voice.as_deref() == Some("operator") {
        "operator".clone_into(&mut line.role);
    }
}

/// A conversation that the caller may read: supervisors and administrators any, analysts those that
/// are over, operators those they are or were last in charge of, visitors their own.
async fn readable(app: &App, caller: &Caller, id: ConversationId) -> Result<Conversation, Problem> {
    if caller.role == Role::Visitor {
        must_be_own(app, caller, id).await?;
    }
    let found = app.views.conversation(&caller.livechat, id).await.map_err(views)?;
    let found = found.ok_or_else(|| crate::live::frame::unknown(id))?;
    let may = match caller.role {
        Role::Supervisor | Role::Administrator | Role::Visitor => true,
        Role::Integration => false,
        Role::Operator => found.operator.as_deref() == Some(&caller.subject),
        Role::Analyst => found.ended_at.is_some(),
    };
    let found = if caller.role == Role::Visitor { Conversation { operator: None, ..found } } else { found };
    if may { Ok(found) } else { Err(Problem::forbidden("this conversation is not for you to read")) }
}
