//! Mail a copy of the exchange to the operator.

use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody};

/// Have a copy mailed: the operator in charge, to the address in their profile, while `desk.mail_to_self`
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
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::MailCopy)).await
}
