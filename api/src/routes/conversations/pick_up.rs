//! Pick up: the operator takes the conversation in charge.

use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody};

/// Pick up: the operator takes the conversation in charge.
#[utoipa::path(
    post, path = "/conversations/{conversation}/pick-up", tag = "conversations",
    responses((status = 200, body = Receipt))
)]
pub async fn pick_up(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::PickUp)).await
}
