//! Request a conversation, or request again in one that was kept open.

use axum::http::StatusCode;
use domain::event::{RefusalReason, Request};
use domain::{Action, ConversationAction, ConversationFact, ConversationId, Fact, Flow, Rejection};
use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Role, VisitorPass, asker};
use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::request::{ConversationInPath, Json};
use crate::routes::visitor_tokens;

/// What became of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Requested {
    /// The conversation: the id of a new one is the idempotency key of the request.
    conversation: Uuid,
    /// What the rules answered.
    outcome: Outcome,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefusalReason>,
    /// The place in the queue, from 1, if the visitor waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_position: Option<usize>,
    /// Opens the visitor's socket in this conversation and no other, and resumes it after a page reload; good for
    /// 24 hours, and renewed with `visitor-tokens`. A request that is repeated renews it too, within the same 7 days.
    visitor_token: String,
    /// A position in the log of the livechat.
    position: Position,
}

/// What the rules answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RequestOutcome)]
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
    responses((status = 201, body = Requested))
)]
pub async fn request(
    commander: Commander,
    Json(request): Json<Request>,
) -> Result<(StatusCode, axum::Json<Requested>), Problem> {
    let id = ConversationId(commander.key.0.0);
    let receipt =
        commander.record(Action::Conversation(id, ConversationAction::Request(Box::new(request)))).await?;
    answered(&commander.app, &commander.caller, id, &receipt)
}

/// Ask again in a conversation that was kept open: the next segment of the same conversation. It goes to
/// the previous operator if that one has room, else as any request. The visitor's token is a new one.
#[utoipa::path(
    post, path = "/conversations/{conversation}/request-again", tag = "conversations",
    request_body(content = Request, example = json!({
        "visitor": { "id": "v-1", "name": "Zoe" }, "language": "en", "card": { "page_title": "My order" }
    })),
    responses(
        (status = 201, body = Requested),
        (status = 409, body = Problem, description = "It is not kept open, or not any more")
    )
)]
pub async fn request_again(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(request): Json<Request>,
) -> Result<(StatusCode, axum::Json<Requested>), Problem> {
    let receipt = commander
        .record(Action::Conversation(id, ConversationAction::RequestAgain(Box::new(request))))
        .await?;
    answered(&commander.app, &commander.caller, id, &receipt)
}

/// What the log says of a request.
fn answered(
    app: &App,
    caller: &Caller,
    id: ConversationId,
    receipt: &journal::Receipt,
) -> Result<(StatusCode, axum::Json<Requested>), Problem> {
    // For the visitor whom the log names, never for the one in the body.
    let visitor = receipt.records.iter().find_map(|record| asker(record)).ok_or(Rejection::KeyUsed)?;
    let pass = VisitorPass { visitor: visitor.id, conversation: id, authenticated: visitor.authenticated };
    // A visitor who has a token gains no time by asking again, with the same key or another.
    let asked_at = app.done_at(receipt);
    let has_token = caller.role == Role::Visitor && caller.conversation.is_some();
    let first = if has_token { asked_at.min(caller.first_issued) } else { asked_at };
    let (visitor_token, _) = visitor_tokens::signed(app, caller, &pass, first)?;
    let (outcome, reason, queue_position) = outcome(id, receipt);
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

/// The answer of the rules, as the log has it.
fn outcome(
    id: ConversationId,
    receipt: &journal::Receipt,
) -> (Outcome, Option<RefusalReason>, Option<usize>) {
    let facts = receipt.records.iter().filter_map(|record| match &record.event.fact {
        Fact::Conversation { conversation, fact, .. } if *conversation == id => Some(fact),
        Fact::Conversation { .. } | Fact::Operator { .. } | Fact::Livechat(_) => None,
    });
    let mut answers = facts.filter_map(|fact| {
        if let ConversationFact::Flow(Flow::Refused { reason }) = fact {
            Some((Outcome::Refused, Some(*reason), None))
        } else if let ConversationFact::Flow(Flow::Queued { position }) = fact {
            Some((Outcome::Waiting, None, Some(*position)))
        } else {
            None
        }
    });
    answers.next().unwrap_or((Outcome::Assigned, None, None))
}
