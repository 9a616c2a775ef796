//! Links for somebody else: an invitation, or the reset of a password.

use accounts::link::Kind;

use super::found::found;
use crate::auth::Person;
use crate::http::problem::Problem;
use crate::http::request::{AccountInPath, EmptyBody};
use crate::links::{Delivery, deliver};

/// Invite the holder of an account (again) to choose a password: by mail, or with the link in the answer where the server
/// sends no mails. An earlier invitation is no longer valid.
#[utoipa::path(
    post, path = "/api/v1/accounts/{account}/invitation", tag = "accounts", operation_id = "invite_account",
    responses(
        (status = 201, body = Delivery),
        (status = 404, body = Problem, description = "`unknown_account`"),
        (status = 409, body = Problem, description = "`account_conflict`: it is disabled")
    )
)]
pub async fn invite(
    caller: Person,
    AccountInPath(id): AccountInPath,
    _: EmptyBody,
) -> Result<(axum::http::StatusCode, axum::Json<Delivery>), Problem> {
    send(&caller, id, Kind::Invitation).await
}

/// Send the holder of an account a link to choose another password with, as of an invitation. The present password stays in
/// force until it is used.
#[utoipa::path(
    post, path = "/api/v1/accounts/{account}/password-reset", tag = "accounts", operation_id = "reset_password_of_account",
    responses(
        (status = 201, body = Delivery),
        (status = 404, body = Problem, description = "`unknown_account`"),
        (status = 409, body = Problem, description = "`account_conflict`: it is disabled")
    )
)]
pub async fn reset_password(
    caller: Person,
    AccountInPath(id): AccountInPath,
    _: EmptyBody,
) -> Result<(axum::http::StatusCode, axum::Json<Delivery>), Problem> {
    send(&caller, id, Kind::Reset).await
}

async fn send(
    caller: &Person,
    id: accounts::AccountId,
    kind: Kind,
) -> Result<(axum::http::StatusCode, axum::Json<Delivery>), Problem> {
    let room = caller.app.mail.room()?;
    let account = found(&caller.app, id).await?;
    let delivery = deliver(&caller.app, &caller.by(), &account, kind, room).await?;
    Ok((axum::http::StatusCode::CREATED, axum::Json(delivery)))
}
