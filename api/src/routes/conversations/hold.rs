//! Put a conversation on hold, and take it back.

use domain::{Action, ConversationAction};

use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;
use crate::http::request::{ConversationInPath, EmptyBody};

/// Put a conversation on hold: the operator in charge, once it is picked up. The visitor is told so by the phrase
/// `on_hold`; neither the visitor's silence nor the operator's counts meanwhile. It still takes one of the operator's
/// places. On hold already, nothing more happens.
#[utoipa::path(
    post, path = "/conversations/{conversation}/hold", tag = "desk",
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 422, body = Problem, description = "`not_picked_up`: the operator has not picked it up")
    )
)]
pub async fn hold(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::Hold)).await
}

/// Take a conversation back that is on hold: the operator in charge, whose next message does so too. Not on hold, nothing
/// happens.
#[utoipa::path(
    post, path = "/conversations/{conversation}/take-back", tag = "desk",
    responses(
        (status = 200, body = Receipt, example = json!({ "position": 42 })),
        (status = 422, body = Problem, description = "`not_picked_up`: the operator has not picked it up")
    )
)]
pub async fn take_back(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::Conversation(id, ConversationAction::TakeBack)).await
}
