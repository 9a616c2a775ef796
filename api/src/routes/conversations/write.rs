//! Write a message that the visitor sees.

use axum::http::StatusCode;
use domain::text::Text;
use domain::{Action, ConversationAction, ConversationFact, Exchange, Fact};
use journal::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::request::{ConversationInPath, Json};

/// A message.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// 1 to 5,000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 5000)]
    pub(super) text: Text,
}

/// A message that is in the log.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Written {
    /// A position in the log of the livechat.
    position: Position,
    /// The number of the message in the conversation, from 1 without gaps.
    number: u32,
}

/// Write: as the visitor, as the operator, or as a supervisor in the operator's stead.
#[utoipa::path(
    post, path = "/conversations/{conversation}/messages", tag = "conversations", request_body = Message,
    responses(
        (status = 201, body = Written),
        (status = 409, body = Problem, description = "The conversation is over")
    )
)]
pub async fn write(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(message): Json<Message>,
) -> Result<(StatusCode, axum::Json<Written>), Problem> {
    Ok(written(&commander.record(Action::Conversation(id, ConversationAction::Write(message.text))).await?))
}

/// The answer to a command that says something: the message is in the log.
pub fn written(receipt: &journal::Receipt) -> (StatusCode, axum::Json<Written>) {
    let number = receipt.records.iter().find_map(|record| match &record.event.fact {
        Fact::Conversation {
            fact: ConversationFact::Exchange(Exchange::MessagePosted { number, .. }),
            ..
        } => Some(*number),
        Fact::Conversation { .. } | Fact::Operator { .. } | Fact::Livechat(_) => None,
    });
    let written = Written { position: receipt.position, number: number.unwrap_or_default() };
    (StatusCode::CREATED, axum::Json(written))
}
