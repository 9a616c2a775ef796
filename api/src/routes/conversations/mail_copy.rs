//! Mail a copy of the exchange to the operator.

use axum::extract::State;
use domain::{Action, ConversationAction};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request::{ConversationInPath, EmptyBody, IdempotencyKey};
use crate::routes::bodies::Receipt;

/// Have a copy mailed: the operator in charge, to the address in the own profile, while `desk.mail_to_self`
/// is on.
#[utoipa::path(
    post, path = "/conversations/{conversation}/mail-copy", tag = "desk",
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 422, body = Problem, description = "`no_address`: the profile has no address")
    )
)]
pub async fn mail(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(
        app.command(&caller, key, Action::Conversation(id, ConversationAction::MailCopy)).await?.into(),
    ))
}
