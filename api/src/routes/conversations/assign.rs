//! Assign a waiting visitor to an operator, by hand.

use axum::extract::State;
use domain::conversation::assign::ManualAssignment;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, IdempotencyKey, Json};
use crate::routes::bodies::Receipt;

/// Give a visitor who waits to an operator: supervisors only. Room and requirement are asked, unless forced.
#[utoipa::path(
    post, path = "/conversations/{conversation}/assign", tag = "conversations", operation_id = "assign",
    request_body = ManualAssignment,
    responses(
        (status = 200, body = Receipt), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "The conversation is over"),
        (status = 422, body = Problem, description = "It does not wait, or the operator may not have it")
    )
)]
pub async fn assign(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(assignment): Json<ManualAssignment>,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::Assign(assignment)))
            .await?
            .into(),
    ))
}
