//! The accounts, for server administrators (spec.md §Privacy and security): listed, created, changed, deleted.

pub mod audit;
mod cursor;
pub mod disable;
mod found;
pub mod invite;
pub mod second_factor;
pub mod sessions;

use accounts::account::{self, Change, Draft, Filter, Role};
use accounts::link::Kind;
use accounts::{Account, Page};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use domain::LivechatId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(super) use self::cursor::named_cursor;
use self::found::found;
use crate::auth::Person;
use crate::http::page_limit::page_limit;
use crate::http::problem::Problem;
use crate::http::request::{AccountInPath, EmptyBody, Json};
use crate::links::{Delivery, deliver};

/// Which accounts.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountsParams {
    /// With a role in this livechat.
    #[param(value_type = Option<String>)]
    livechat: Option<LivechatId>,
    /// With this role, in the livechat if one is given.
    #[param(inline)]
    role: Option<Role>,
    /// Server administrators, or all others.
    server_administrator: Option<bool>,
    /// Disabled ones, or those that are not.
    disabled: Option<bool>,
    /// With this in the name or the address, without regard to case and accents: at most 254 characters.
    text: Option<String>,
    /// Where the page before said the next one starts.
    cursor: Option<String>,
    /// Accounts in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// An account that was made, and its invitation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewAccount {
    /// The account.
    account: Account,
    /// The link with which its holder chooses a password.
    invitation: Delivery,
}

/// A page of accounts, by name.
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "accounts", operation_id = "list_accounts", params(AccountsParams),
    responses((status = 200, body = Page<Account>))
)]
pub async fn list(
    caller: Person,
    params: Result<Query<AccountsParams>, QueryRejection>,
) -> Result<axum::Json<Page<Account>>, Problem> {
    let Query(params) = params?;
    let limit = page_limit(params.limit)?;
    let filter = Filter {
        livechat: params.livechat,
        role: params.role,
        server_administrator: params.server_administrator,
        disabled: params.disabled,
        text: params.text,
    };
    let database = caller.app.accounts.database();
    let page = account::list(database, &filter, params.cursor.as_deref(), limit).await;
    Ok(axum::Json(page.map_err(named_cursor)?))
}

/// Make an account, and invite its holder to choose a password: by mail, or with the link in the answer where the server
/// sends no mails.
#[utoipa::path(
    post, path = "/api/v1/accounts", tag = "accounts", operation_id = "create_account", request_body = Draft,
    responses(
        (status = 201, body = NewAccount),
        (status = 409, body = Problem, description = "`account_conflict`: the address, or an operator, is of another one")
    )
)]
pub async fn create(
    caller: Person,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, axum::Json<NewAccount>), Problem> {
    let room = caller.app.mail.room()?;
    let by = caller.by();
    let account = account::create(caller.app.accounts.database(), &by, draft).await?;
    let invitation = deliver(&caller.app, &by, &account, Kind::Invitation, room).await?;
    Ok((StatusCode::CREATED, axum::Json(NewAccount { account, invitation })))
}

/// An account.
#[utoipa::path(
    get, path = "/api/v1/accounts/{account}", tag = "accounts", operation_id = "read_account",
    responses((status = 200, body = Account), (status = 404, body = Problem, description = "`unknown_account`"))
)]
pub async fn read(caller: Person, AccountInPath(id): AccountInPath) -> Result<axum::Json<Account>, Problem> {
    Ok(axum::Json(found(&caller.app, id).await?))
}

/// Change an account: what is absent stays. With other roles, all its sessions end; with another address, links that were
/// sent to the old one are no longer valid.
#[utoipa::path(
    patch, path = "/api/v1/accounts/{account}", tag = "accounts", operation_id = "change_account",
    request_body(content = Change, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = Account),
        (status = 404, body = Problem, description = "`unknown_account`"),
        (status = 409, body = Problem,
         description = "`account_conflict`: the address, or an operator, is of another one; or it is the last server administrator")
    )
)]
pub async fn change(
    caller: Person,
    AccountInPath(id): AccountInPath,
    Json(change): Json<Change>,
) -> Result<axum::Json<Account>, Problem> {
    let account = account::change(caller.app.accounts.database(), &caller.by(), id, change).await?;
    if id == caller.account.id {
        caller.app.accounts.forget_holder(caller.session.id);
    }
    Ok(axum::Json(account))
}

/// Delete an account for good. What its holder did in livechats stays in their logs; the audit trail keeps its id.
#[utoipa::path(
    delete, path = "/api/v1/accounts/{account}", tag = "accounts", operation_id = "delete_account",
    responses(
        (status = 204),
        (status = 404, body = Problem, description = "`unknown_account`"),
        (status = 409, body = Problem, description = "`account_conflict`: it is the last server administrator")
    )
)]
pub async fn remove(
    caller: Person,
    AccountInPath(id): AccountInPath,
    _: EmptyBody,
) -> Result<StatusCode, Problem> {
    account::delete(caller.app.accounts.database(), &caller.by(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
