//! Mark a conversation as important.

use domain::{Action, ConversationAction};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, Json};

/// Whether a conversation is important.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "important": true }))]
pub struct Importance {
    /// Whether it is.
    important: bool,
}

/// Mark a conversation as important, or not any more: the operator in charge, while `desk.mark_important` is
/// on, or a supervisor.
#[utoipa::path(
    put, path = "/conversations/{conversation}/importance", tag = "desk", request_body = Importance,
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn mark(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(Importance { important }): Json<Importance>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::MarkImportant(important))).await
}
