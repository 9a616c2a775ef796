//! Where one is signed in.

use accounts::limits::SESSIONS_PAGE_MAX;
use accounts::sessions::{EndReason, SessionId};
use axum::http::StatusCode;
use domain::both;
use projections::Page;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Person;
use crate::http::problem::Problem;
use crate::http::request::{EmptyBody, SessionInPath};
use crate::routes::session::SessionInfo;

/// How many sessions were ended.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct EndedSessions {
    /// How many.
    pub(crate) ended: usize,
}

/// One's own sessions, the newest first. An account has at most a hundred.
#[utoipa::path(
    get, path = "/api/v1/account/sessions", tag = "account", operation_id = "list_own_sessions",
    responses((status = 200, body = Page<SessionInfo>))
)]
pub async fn list(caller: Person) -> Result<axum::Json<Page<SessionInfo>>, Problem> {
    let accounts = &caller.app.accounts;
    let page = accounts.sessions().list(caller.account.id, None, SESSIONS_PAGE_MAX, accounts.now()).await?;
    let shown = |session: &accounts::sessions::Session| {
        SessionInfo::of(&caller.app, session, session.id == caller.session.id)
    };
    Ok(axum::Json(Page { items: page.sessions.iter().map(shown).collect(), next: None }))
}

/// Revoke one of one's own sessions. Its live connections end within a second.
#[utoipa::path(
    delete, path = "/api/v1/account/sessions/{session}", tag = "account", operation_id = "revoke_own_session",
    responses((status = 204), (status = 404, body = Problem, description = "`unknown_session`"))
)]
pub async fn revoke(
    caller: Person,
    SessionInPath(session): SessionInPath,
    _: EmptyBody,
) -> Result<StatusCode, Problem> {
    let sessions = caller.app.accounts.sessions();
    let ended =
        sessions.end(caller.account.id, SessionId::of(session), EndReason::Revoked, &caller.by()).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(unknown(session)) }
}

/// Revoke all of one's own sessions but this one.
#[utoipa::path(
    delete, path = "/api/v1/account/sessions", tag = "account", operation_id = "revoke_other_sessions",
    responses((status = 200, body = EndedSessions))
)]
pub async fn revoke_others(caller: Person, _: EmptyBody) -> Result<axum::Json<EndedSessions>, Problem> {
    let sessions = caller.app.accounts.sessions();
    let ended = sessions.revoke_all(caller.account.id, Some(caller.session.id), &caller.by()).await?;
    Ok(axum::Json(EndedSessions { ended }))
}

pub(crate) fn unknown(session: Uuid) -> Problem {
    let detail = both!("there is no session {session}", "il n’y a pas de session {session}");
    Problem::new(StatusCode::NOT_FOUND, "unknown_session", detail)
}
