//! End the livechat.

use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody};

/// End the livechat. A visitor who ends it before the pick-up gives up waiting, as with `leave`.
#[utoipa::path(
    post, path = "/conversations/{conversation}/end", tag = "conversations",
    responses((status = 200, body = Receipt))
)]
pub async fn end(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::End)).await
}
