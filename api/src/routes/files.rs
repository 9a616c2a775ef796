//! Files: ask the visitor for one, and what is known of one that is sent. Its bytes are not taken here.

use axum::http::StatusCode;
use domain::event::File;
use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, Json, JsonIfAny};
use crate::routes::optional_note::OptionalNote;

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
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    JsonIfAny(OptionalNote { note }): JsonIfAny<OptionalNote>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::RequestFile(note))).await
}

/// Send a file: the visitor who was asked for one, or the operator who has picked up while `desk.send_file`
/// is on. The other side is shown what is known of it.
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
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(file): Json<File>,
) -> Result<(StatusCode, axum::Json<Receipt>), Problem> {
    commander.create(Action::Conversation(id, ConversationAction::SendFile(file))).await
}
