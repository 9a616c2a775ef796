//! Call the manager for help, take such a call, and settle it.

use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody, JsonIfAny};
use crate::routes::optional_note::OptionalNote;

/// Call the manager for help: the operator in charge, while `desk.call_manager` is on. Called again before
/// it is settled, nothing more happens.
#[utoipa::path(
    post, path = "/conversations/{conversation}/call-for-help", tag = "desk",
    request_body = Option<OptionalNote>,
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn call(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    JsonIfAny(OptionalNote { note }): JsonIfAny<OptionalNote>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::CallManager(note))).await
}

/// Take a call for help: a supervisor. A second one is refused, with the name of the first.
#[utoipa::path(
    post, path = "/conversations/{conversation}/call-for-help/take", tag = "desk",
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 409, body = Problem, description = "`help_taken`: another supervisor takes care of it"),
        (status = 422, body = Problem, description = "`no_call_for_help`")
    )
)]
pub async fn take(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::TakeCall)).await
}

/// Settle a call for help: the operator in charge, or a supervisor.
#[utoipa::path(
    post, path = "/conversations/{conversation}/call-for-help/settle", tag = "desk",
    responses((status = 200, body = Receipt, example = json!({ "position": 42 })))
)]
pub async fn settle(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::SettleCall)).await
}
