//! The audit trail of the accounts.

use accounts::audit::{self, Entry, Filter};
use accounts::{AccountId, Page};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::cursor::named_cursor;
use crate::auth::Person;
use crate::http::page_limit::page_limit;
use crate::http::problem::Problem;

/// Which entries.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountAuditParams {
    /// Of what was done with this account.
    account: Option<Uuid>,
    /// Of what this account or key did.
    actor: Option<Uuid>,
    /// Of this kind, as `account.created`.
    action: Option<String>,
    /// Where the page before said the next one starts.
    cursor: Option<String>,
    /// Entries in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// What was done with accounts, the latest first. It names accounts by their ids alone, deleted ones too.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "accounts", operation_id = "list_account_audit", params(AccountAuditParams),
    responses((status = 200, body = Page<Entry>))
)]
pub async fn list(
    caller: Person,
    params: Result<Query<AccountAuditParams>, QueryRejection>,
) -> Result<axum::Json<Page<Entry>>, Problem> {
    let Query(params) = params?;
    let limit = page_limit(params.limit)?;
    let filter = Filter {
        account: params.account.map(AccountId),
        actor: params.actor.map(|actor| actor.to_string()),
        action: params.action,
    };
    let page = audit::list(caller.app.accounts.database(), &filter, params.cursor.as_deref(), limit).await;
    Ok(axum::Json(page.map_err(named_cursor)?))
}
