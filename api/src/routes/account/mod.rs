//! One's own account: what it says, its password, its second factor, and where it is signed in.

pub mod password;
pub mod second_factor;
pub mod sessions;

use accounts::Account;
use accounts::account::{Change, change as change_account};
use domain::text::Language;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Person;
use crate::http::problem::Problem;
use crate::http::request::Json;

/// What is to be different; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OwnAccountChange {
    /// The name: 1 to 100 characters.
    name: Option<String>,
    /// The language of pages and mails.
    language: Option<Language>,
}

/// One's own account.
#[utoipa::path(
    get, path = "/api/v1/account", tag = "account", operation_id = "read_own_account",
    responses((status = 200, body = Account))
)]
pub async fn read(caller: Person) -> Result<axum::Json<Account>, Problem> {
    Ok(axum::Json(caller.own_account().await?))
}

/// Change one's own name or language. The address and the roles are for administrators to change.
#[utoipa::path(
    patch, path = "/api/v1/account", tag = "account", operation_id = "change_own_account",
    request_body(content = OwnAccountChange, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Account))
)]
pub async fn change(
    caller: Person,
    Json(OwnAccountChange { name, language }): Json<OwnAccountChange>,
) -> Result<axum::Json<Account>, Problem> {
    let change = Change { name, language, ..Change::default() };
    let database = caller.app.accounts.database();
    let account = change_account(database, &caller.by(), caller.account.id, change).await?;
    caller.app.accounts.forget_holder(caller.session.id);
    Ok(axum::Json(account))
}
