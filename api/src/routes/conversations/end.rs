//! End the livechat.

use axum::extract::State;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, EmptyBody, IdempotencyKey};
use crate::routes::bodies::Receipt;

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
    Ok(axum::Json(app.command(&caller, key, Action::Conversation(id, ConversationAction::End)).await?.into()))
}
