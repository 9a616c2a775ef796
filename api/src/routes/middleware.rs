//! What happens to every request on its way to its route and back: it is counted, traced and measured.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::auth::rights::LIVECHATS;
use crate::http::problem::Problem;
use crate::limits::REQUEST_ID_CHARACTERS_MAX;
use crate::rates::Counted;

/// Ensures that every request counts once. Those of livechats count by their token, or by having none; where the token
/// is not checked (another method, a malformed path) they count by their address, as all others do. Probes are not
/// limited, since all of them may come through a proxy that is not configured.
pub(super) async fn count(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    path: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if looks && matches!(path, "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    let address = app.proxies.client(peer.ip(), request.headers());
    if !path.starts_with(LIVECHATS) {
        return match app.rates.anonymous(address) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        };
    }
    let counted = Counted::default();
    request.extensions_mut().insert(counted.clone());
    let response = next.run(request).await;
    if counted.was() {
        return response;
    }
    app.rates.anonymous(address).map_or_else(IntoResponse::into_response, |()| response)
}

/// `OPTIONS`, the preflight of browsers, counts by its address, and needs an existing path. The layer for calls from
/// other sites answers it.
pub(super) async fn preflight(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::OPTIONS {
        return next.run(request).await;
    }
    let address = app.proxies.client(peer.ip(), request.headers());
    if let Err(problem) = app.rates.anonymous(address) {
        return problem.into_response();
    }
    if path.is_none() { Problem::nothing_here().into_response() } else { next.run(request).await }
}

/// The span of a request: its route, and not the address, in which anybody may have put anything (a token in the place of
/// an identifier, a name). The livechat is noted once the caller is known.
pub(super) fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    let id = id.filter(|id| is_request_id(id)).unwrap_or_default();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let method = known(request.method());
    tracing::info_span!("request", method, route, livechat = tracing::field::Empty, id)
}

/// Does it look as ids do that clients and proxies make? Others are sent back, and not logged.
fn is_request_id(id: &str) -> bool {
    id.len() <= REQUEST_ID_CHARACTERS_MAX && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

pub(super) fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Problem::internal(&"a handler panicked").into_response()
}

/// Counts and times every request by its route.
pub(super) async fn measure(
    State(_): State<App>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = std::time::Instant::now();
    let method = known(request.method());
    let route = path.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("http_request_seconds", "method" => method, "route" => route)
        .record(started.elapsed());
    response
}

/// The method as a label: clients may invent methods, and each label takes memory for ever.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "POST" => "POST",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
