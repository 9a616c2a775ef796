//! Leave: the visitor gives up waiting.

use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody};

/// Leave: the visitor gives up waiting for a pick-up, in the queue or on a flashing tab.
#[utoipa::path(
    post, path = "/conversations/{conversation}/leave", tag = "conversations",
    responses((status = 200, body = Receipt))
)]
pub async fn leave(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::LeaveQueue)).await
}
