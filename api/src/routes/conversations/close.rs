//! Close a conversation that was kept open.

use axum::extract::State;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::request::{ConversationInPath, EmptyBody, IdempotencyKey};
use crate::routes::bodies::Receipt;

/// Close a conversation that was kept open: by its visitor, the integration, or a supervisor.
#[utoipa::path(
    post, path = "/conversations/{conversation}/close", tag = "conversations",
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 409, body = Problem, description = "It is not kept open, or not any more")
    )
)]
pub async fn close(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    caller.must_be(&[Role::Visitor, Role::Supervisor, Role::Integration])?;
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::Close)).await?.into(),
    ))
}
