//! The steps of a conversation, one command each.

use axum::extract::State;
use domain::conversation::assign::Assignment;
use domain::conversation::transfer::Transfer;
use domain::text::Text;
use domain::{Action, ConversationFact, Fact};
use journal::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bodies::Receipt;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, EmptyBody, IdempotencyKey, Json};

/// Leave: the visitor gives up waiting for somebody to pick up, in the queue or on a tab that flashes.
#[utoipa::path(
    post, path = "/conversations/{conversation}/leave", tag = "conversations",
    responses((status = 200, body = Receipt), (status = 422, body = Problem))
)]
pub async fn leave(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::LeaveQueue(id)).await?.into()))
}

/// Pick up: the operator takes the conversation in charge.
#[utoipa::path(
    post, path = "/conversations/{conversation}/pick-up", tag = "conversations",
    responses((status = 200, body = Receipt), (status = 403, body = Problem))
)]
pub async fn pick_up(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::PickUp(id)).await?.into()))
}

/// A message.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// 1 to 5,000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 5000)]
    text: Text,
}

/// A message that is in the log.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Written {
    /// A position in the log of the livechat.
    position: Position,
    /// The how-manieth message of the conversation, from 1 without gaps.
    number: u32,
}

/// Write: as the visitor, as the operator, or as a supervisor in the operator's stead.
#[utoipa::path(
    post, path = "/conversations/{conversation}/messages", tag = "conversations", request_body = Message,
    responses(
        (status = 201, body = Written),
        (status = 409, body = Problem, description = "The conversation is over"),
        (status = 422, body = Problem)
    )
)]
pub async fn write(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(message): Json<Message>,
) -> Result<(axum::http::StatusCode, axum::Json<Written>), Problem> {
    Ok(written(&app.command(&caller, key, Action::Write(id, message.text)).await?))
}

/// The answer to a command that says something: the message is in the log.
pub(super) fn written(receipt: &journal::Receipt) -> (axum::http::StatusCode, axum::Json<Written>) {
    let number = receipt.records.iter().find_map(|record| match &record.event.fact {
        Fact::Conversation { fact: ConversationFact::MessagePosted { number, .. }, .. } => Some(*number),
        Fact::Conversation { .. } | Fact::Operator { .. } | Fact::Livechat(_) => None,
    });
    let written = Written { position: receipt.position, number: number.unwrap_or_default() };
    (axum::http::StatusCode::CREATED, axum::Json(written))
}

/// Write internally, between the operator in charge and the supervisors: the visitor never sees it.
#[utoipa::path(
    post, path = "/conversations/{conversation}/internal-messages", tag = "conversations",
    request_body = Message,
    responses(
        (status = 201, body = Receipt),
        (status = 403, body = Problem, description = "Not the operator in charge, nor a supervisor"),
        (status = 409, body = Problem, description = "The conversation is over"),
        (status = 422, body = Problem)
    )
)]
pub async fn write_internally(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(message): Json<Message>,
) -> Result<(axum::http::StatusCode, axum::Json<Receipt>), Problem> {
    let done = app.command(&caller, key, Action::WriteInternally(id, message.text)).await?;
    Ok((axum::http::StatusCode::CREATED, axum::Json(done.into())))
}

/// Give a visitor who waits to an operator: supervisors only. Room and requirement are asked, unless forced.
#[utoipa::path(
    post, path = "/conversations/{conversation}/assign", tag = "conversations", operation_id = "assign",
    request_body = Assignment,
    responses(
        (status = 200, body = Receipt), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "The conversation is over"),
        (status = 422, body = Problem, description = "It does not wait, or the operator may not have it")
    )
)]
pub async fn assign(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(assignment): Json<Assignment>,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::Assign(id, assignment)).await?.into()))
}

/// Transfer to an operator or to a skill.
#[utoipa::path(
    post, path = "/conversations/{conversation}/transfer", tag = "conversations", request_body = Transfer,
    responses((status = 200, body = Receipt), (status = 422, body = Problem))
)]
pub async fn transfer(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(transfer): Json<Transfer>,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::Transfer(id, transfer)).await?.into()))
}

/// End the livechat. A visitor who ends it before somebody has picked up gives up waiting, as with `leave`.
#[utoipa::path(
    post, path = "/conversations/{conversation}/end", tag = "conversations",
    responses((status = 200, body = Receipt), (status = 409, body = Problem))
)]
pub async fn end(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::End(id)).await?.into()))
}
