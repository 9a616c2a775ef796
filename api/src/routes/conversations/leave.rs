//! Leave: the visitor gives up waiting.

use axum::extract::State;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, EmptyBody, IdempotencyKey};
use crate::routes::bodies::Receipt;

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
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::LeaveQueue)).await?.into(),
    ))
}
