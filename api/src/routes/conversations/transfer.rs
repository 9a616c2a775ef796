//! Transfer to another operator, or to a skill.

use domain::conversation::transfer::Transfer;
use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, Json};

/// Transfer to an operator or to a skill.
#[utoipa::path(
    post, path = "/conversations/{conversation}/transfer", tag = "conversations", request_body = Transfer,
    responses((status = 200, body = Receipt))
)]
pub async fn transfer(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(transfer): Json<Transfer>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::Transfer(transfer))).await
}
