//! Transfer to another operator, or to a skill.

use axum::extract::State;
use domain::conversation::transfer::Transfer;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, IdempotencyKey, Json};
use crate::routes::bodies::Receipt;

/// Transfer to an operator or to a skill.
#[utoipa::path(
    post, path = "/conversations/{conversation}/transfer", tag = "conversations", request_body = Transfer,
    responses((status = 200, body = Receipt), (status = 422, body = Problem))
)]
pub async fn transfer(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    Json(transfer): Json<Transfer>,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::Transfer(transfer)))
            .await?
            .into(),
    ))
}
