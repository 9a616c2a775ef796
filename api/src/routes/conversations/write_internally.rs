//! Write internally: the visitor never sees it.

use axum::extract::State;
use axum::http::StatusCode;
use domain::{Action, ConversationAction};

use super::write::Message;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, IdempotencyKey, Json};
use crate::routes::bodies::Receipt;

/// Write internally, between the operator in charge and the supervisors: the visitor never sees it.
#[utoipa::path(
    post, path = "/conversations/{conversation}/internal-messages", tag = "conversations",
    request_body = Message,
    responses(
        (status = 201, body = Receipt),
        (status = 403, body = Problem, description = "Not the operator in charge, nor a supervisor"),
        (status = 409, body = Problem, description = "The conversation is over"),
        (status = 422, body = Problem)
    )
)]
pub async fn write_internally(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(message): Json<Message>,
) -> Result<(StatusCode, axum::Json<Receipt>), Problem> {
    let done = app
        .command(&caller, key, Action::Conversation(id, ConversationAction::WriteInternally(message.text)))
        .await?;
    Ok((StatusCode::CREATED, axum::Json(done.into())))
}
