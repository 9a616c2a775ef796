//! Disables an account, and enables it again.

use accounts::Account;
use accounts::account;

use crate::auth::Person;
use crate::http::problem::Problem;
use crate::http::request::{AccountInPath, EmptyBody};

/// Disable an account: it can sign in no more, its sessions end, and its links are no longer valid.
#[utoipa::path(
    post, path = "/api/v1/accounts/{account}/disable", tag = "accounts", operation_id = "disable_account",
    responses(
        (status = 200, body = Account),
        (status = 404, body = Problem, description = "`unknown_account`"),
        (status = 409, body = Problem, description = "`account_conflict`: it is the last server administrator")
    )
)]
pub async fn disable(
    caller: Person,
    AccountInPath(id): AccountInPath,
    _: EmptyBody,
) -> Result<axum::Json<Account>, Problem> {
    Ok(axum::Json(account::disable(caller.app.accounts.database(), &caller.by(), id).await?))
}

/// Enable an account that was disabled.
#[utoipa::path(
    post, path = "/api/v1/accounts/{account}/enable", tag = "accounts", operation_id = "enable_account",
    responses((status = 200, body = Account), (status = 404, body = Problem, description = "`unknown_account`"))
)]
pub async fn enable(
    caller: Person,
    AccountInPath(id): AccountInPath,
    _: EmptyBody,
) -> Result<axum::Json<Account>, Problem> {
    Ok(axum::Json(account::enable(caller.app.accounts.database(), &caller.by(), id).await?))
}
