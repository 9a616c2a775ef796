//! Close a conversation that was kept open.

use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody};

/// Close a conversation that was kept open: by its visitor, the integration, or a supervisor.
#[utoipa::path(
    post, path = "/conversations/{conversation}/close", tag = "conversations",
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 409, body = Problem, description = "It is not kept open, or not any more")
    )
)]
pub async fn close(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.caller.may_call()?;
    commander.run(Action::Conversation(id, ConversationAction::Close)).await
}
