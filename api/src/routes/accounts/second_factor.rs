//! The second factor of somebody who has lost it.

use axum::http::StatusCode;

use super::found::found;
use crate::auth::Person;
use crate::http::problem::Problem;
use crate::http::request::{AccountInPath, EmptyBody};

/// Remove the second factor of somebody who has lost their authenticator. Whoever has it may have the device too, so all
/// sessions of the account end.
#[utoipa::path(
    delete, path = "/api/v1/accounts/{account}/second-factor", tag = "accounts",
    operation_id = "remove_second_factor_of_account",
    responses(
        (status = 204),
        (status = 404, body = Problem, description = "`unknown_account`"),
        (status = 409, body = Problem, description = "`second_factor_not_enrolled`")
    )
)]
pub async fn remove(
    caller: Person,
    AccountInPath(id): AccountInPath,
    _: EmptyBody,
) -> Result<StatusCode, Problem> {
    found(&caller.app, id).await?;
    caller.app.accounts.second_factors().remove_by_administrator(id, &caller.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
