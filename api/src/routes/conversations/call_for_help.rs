//! Call the manager for help, take such a call, and settle it.

use axum::extract::State;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, EmptyBody, IdempotencyKey, JsonIfAny};
use crate::routes::bodies::{OptionalNote, Receipt};

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
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    JsonIfAny(OptionalNote { note }): JsonIfAny<OptionalNote>,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::CallManager(note)))
            .await?
            .into(),
    ))
}

/// Take a call for help: a supervisor. A second one is told who was first.
#[utoipa::path(
    post, path = "/conversations/{conversation}/call-for-help/take", tag = "desk",
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 409, body = Problem, description = "`help_taken`: another supervisor takes care of it"),
        (status = 422, body = Problem, description = "`no_call_for_help`")
    )
)]
pub async fn take(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::TakeCall)).await?.into(),
    ))
}

/// Settle a call for help: the operator in charge, or a supervisor.
#[utoipa::path(
    post, path = "/conversations/{conversation}/call-for-help/settle", tag = "desk",
    responses((status = 200, body = Receipt, example = json!({ "position": 42 })), (status = 403, body = Problem))
)]
pub async fn settle(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::SettleCall)).await?.into(),
    ))
}
