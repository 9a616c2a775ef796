//! Files: ask the visitor for one, and what is known of one that is sent. Its bytes are not taken here.

use axum::extract::State;
use axum::http::StatusCode;
use domain::event::File;
use domain::{Action, ConversationAction};

use super::bodies::{OptionalNote, Receipt};
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, IdempotencyKey, Json, JsonIfAny};

/// Ask the visitor for a file: the operator who has picked up, while `desk.request_file` is on.
#[utoipa::path(
    post, path = "/conversations/{conversation}/file-requests", tag = "desk",
    request_body = Option<OptionalNote>,
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn ask(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    JsonIfAny(OptionalNote { note }): JsonIfAny<OptionalNote>,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::RequestFile(note)))
            .await?
            .into(),
    ))
}

/// Send a file: the visitor who was asked for one, or the operator who has picked up while `desk.send_file`
/// is on. This tells the other side what is known of it.
#[utoipa::path(
    post, path = "/conversations/{conversation}/files", tag = "conversations",
    request_body(content = File, example = json!({
        "name": "invoice.pdf", "bytes": 48213, "media_type": "application/pdf"
    })),
    responses(
        (status = 201, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 422, body = Problem, description = "`no_file_requested`, or a wrong field")
    )
)]
pub async fn send(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(file): Json<File>,
) -> Result<(StatusCode, axum::Json<Receipt>), Problem> {
    let receipt =
        app.command(&caller, key, Action::Conversation(id, ConversationAction::SendFile(file))).await?;
    Ok((StatusCode::CREATED, axum::Json(receipt.into())))
}
