//! Assign a waiting visitor to an operator, by hand.

use domain::conversation::assign::ManualAssignment;
use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, Json};

/// Give a visitor who waits to an operator: supervisors only. Room and requirement are asked, unless forced.
#[utoipa::path(
    post, path = "/conversations/{conversation}/assign", tag = "conversations", operation_id = "assign",
    request_body = ManualAssignment,
    responses(
        (status = 200, body = Receipt),
        (status = 409, body = Problem, description = "The conversation is over"),
        (status = 422, body = Problem, description = "It does not wait, or the operator may not have it")
    )
)]
pub async fn assign(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(assignment): Json<ManualAssignment>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::Assign(assignment))).await
}
