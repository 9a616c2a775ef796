//! Calls from pages of other web sites (spec.md §Settings, *Origins*): which sites may, is a setting of each livechat.
//!
//! Browsers ask before they call (a preflight) and read the answer only if its headers say that they may; here that is
//! decided for the livechat in the URL. A socket has no preflight, so the server itself refuses one from another site.
//! None of this replaces a token.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use domain::LivechatId;
use domain::bilingual::both;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;
use crate::http::problem::Problem;

/// How long a browser need not ask again.
const PREFLIGHT_GOOD_FOR: Duration = Duration::from_secs(600);

/// Livechats that are known to exist, so that a made-up name costs one look at the log and no memory.
/// Cheap to clone.
#[derive(Clone, Debug, Default)]
struct Known(Arc<Mutex<HashSet<LivechatId>>>);

impl Known {
    async fn has(&self, app: &App, livechat: &LivechatId) -> bool {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known().contains(livechat) {
            return true;
        }
        let there = app.journal.read(livechat, 0, 1).await.is_ok_and(|records| !records.is_empty());
        if there {
            known().insert(livechat.clone());
        }
        there
    }
}

/// Answers preflights, and sets the headers that let the page read the answer.
pub fn layer(app: App) -> CorsLayer {
    let known = Known::default();
    let allowed = AllowOrigin::async_predicate(move |origin: HeaderValue, parts: &Parts| {
        let livechat = livechat_of(&parts.uri);
        async move {
            let (Some(livechat), Ok(origin)) = (livechat, origin.to_str()) else { return false };
            known.has(&app, &livechat).await && allows(&app, &livechat, origin).await.unwrap_or_default()
        }
    });
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::PUT, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT_LANGUAGE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([header::ETAG, header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(PREFLIGHT_GOOD_FOR)
}

/// Refuses a live connection from a page of a site that is not allowed, where any is. Pages of this server
/// itself, and programs that are no browsers, may always.
///
/// # Errors
/// 403 `origin_not_allowed`.
pub async fn check_live(app: &App, livechat: &LivechatId, parts: &Parts) -> Result<(), Problem> {
    let Some(origin) = parts.headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, of)| of == host)) {
        return Ok(());
    }
    let may = app.journal.peek(livechat, |state| {
        let origins = &state.settings().origins;
        origins.allowed.is_empty() || origins.allows(origin)
    });
    if may.await? {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "origin_not_allowed",
        both(
            "pages of this site may not open a connection to this livechat",
            "les pages de ce site ne peuvent pas se connecter à ce livechat",
        ),
    ))
}

async fn allows(app: &App, livechat: &LivechatId, origin: &str) -> Result<bool, journal::Error> {
    app.journal.peek(livechat, |state| state.settings().origins.allows(origin)).await
}

fn livechat_of(uri: &Uri) -> Option<LivechatId> {
    let rest = uri.path().strip_prefix("/api/v1/livechats/")?;
    LivechatId::parse(rest.split('/').next()?).ok()
}
