//! Where somebody else is signed in.

use accounts::limits::SESSIONS_PAGE_MAX;
use accounts::sessions::Session;
use projections::Page;

use super::found::found;
use crate::auth::Person;
use crate::http::problem::Problem;
use crate::http::request::{AccountInPath, EmptyBody};
use crate::routes::account::sessions::EndedSessions;
use crate::routes::session::SessionInfo;

/// The sessions of an account, the newest first. It has at most a hundred.
#[utoipa::path(
    get, path = "/api/v1/accounts/{account}/sessions", tag = "accounts", operation_id = "list_sessions_of_account",
    responses(
        (status = 200, body = Page<SessionInfo>),
        (status = 404, body = Problem, description = "`unknown_account`")
    )
)]
pub async fn list(
    caller: Person,
    AccountInPath(id): AccountInPath,
) -> Result<axum::Json<Page<SessionInfo>>, Problem> {
    let accounts = &caller.app.accounts;
    found(&caller.app, id).await?;
    let page = accounts.sessions().list(id, None, SESSIONS_PAGE_MAX, accounts.now()).await?;
    let shown = |session: &Session| SessionInfo::of(&caller.app, session, session.id == caller.session.id);
    Ok(axum::Json(Page { items: page.sessions.iter().map(shown).collect(), next: None }))
}

/// Revoke all sessions of an account; of one's own account all but this one. Their live connections end within a second.
#[utoipa::path(
    delete, path = "/api/v1/accounts/{account}/sessions", tag = "accounts", operation_id = "revoke_sessions_of_account",
    responses(
        (status = 200, body = EndedSessions),
        (status = 404, body = Problem, description = "`unknown_account`")
    )
)]
pub async fn revoke(
    caller: Person,
    AccountInPath(id): AccountInPath,
    _: EmptyBody,
) -> Result<axum::Json<EndedSessions>, Problem> {
    found(&caller.app, id).await?;
    let except = (id == caller.account.id).then_some(caller.session.id);
    let ended = caller.app.accounts.sessions().revoke_all(id, except, &caller.by()).await?;
    Ok(axum::Json(EndedSessions { ended }))
}
