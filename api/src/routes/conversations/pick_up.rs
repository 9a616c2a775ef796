//! Pick up: the operator takes the conversation in charge.

use axum::extract::State;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, EmptyBody, IdempotencyKey};
use crate::routes::bodies::Receipt;

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
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::PickUp)).await?.into(),
    ))
}
