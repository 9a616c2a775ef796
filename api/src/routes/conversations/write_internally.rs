//! Write internally: the visitor never sees it.

use axum::http::StatusCode;
use domain::{Action, ConversationAction};

use super::write::Message;
use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, Json};

/// Write internally, between the operator in charge and the supervisors: the visitor never sees it.
#[utoipa::path(
    post, path = "/conversations/{conversation}/internal-messages", tag = "conversations",
    request_body = Message,
    responses(
        (status = 201, body = Receipt),
        (status = 403, body = Problem, description = "Not the operator in charge, nor a supervisor"),
        (status = 409, body = Problem, description = "The conversation is over")
    )
)]
pub async fn write_internally(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(message): Json<Message>,
) -> Result<(StatusCode, axum::Json<Receipt>), Problem> {
    commander.create(Action::Conversation(id, ConversationAction::WriteInternally(message.text))).await
}
