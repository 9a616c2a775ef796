//! The table of URLs. Every route below a livechat checks the caller's token and role.

pub mod attention;
pub mod audit;
pub mod board;
pub mod conversations;
pub mod copies;
pub mod desk;
pub mod exports;
pub mod figures;
pub mod files;
pub mod health;
pub mod knowledge;
pub mod livechat;
pub mod operators;
pub mod page;
mod patch;
pub mod phrases;
pub mod requests;
pub mod search;
pub mod settings;
pub mod steps;
pub mod surveys;
pub mod transcript;
pub mod visitor_tokens;

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use domain::LivechatId;
use domain::bilingual::both;
use domain::personal::Personal;
use domain::text::Note;
use journal::{Position, Receipt};
use serde::{Deserialize, Serialize};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{Role, Senders};
use crate::body::BodyLimit;
use crate::cross_origin;
use crate::language;
use crate::limits::{AT_LEAST_WAIT, SECTION_BODY_BYTES_MAX};
use crate::live;
use crate::openapi;
use crate::parameters;
use crate::past;
use crate::playback;
use crate::problem::Problem;
use crate::rates::Counted;
use crate::server::App;
use crate::shape;

/// Every documented route, with its place in the OpenAPI document.
pub fn documented() -> OpenApiRouter<App> {
    without_metrics().routes(routes!(health::metrics))
}

fn without_metrics() -> OpenApiRouter<App> {
    // Who may send a body there is looked at before any of it is read; see `Senders`.
    let settings = OpenApiRouter::new()
        .routes(routes!(settings::read, settings::change, settings::patch))
        .layer(Extension(BodyLimit(SECTION_BODY_BYTES_MAX)))
        .layer(Extension(Senders(&[Role::Administrator])));
    let administration = OpenApiRouter::new()
        .routes(routes!(livechat::create, livechat::read, livechat::change))
        .routes(routes!(operators::register, operators::read, operators::change, operators::remove))
        .layer(Extension(Senders(&[Role::Administrator])));
    let requests = OpenApiRouter::new()
        .routes(routes!(requests::request, conversations::list))
        .routes(routes!(requests::request_again))
        .layer(Extension(Senders(&[Role::Visitor, Role::Integration])));
    let staff = OpenApiRouter::new()
        .routes(routes!(operators::change_status))
        .routes(routes!(steps::write_internally))
        .routes(routes!(steps::assign))
        .routes(routes!(steps::transfer))
        .routes(routes!(attention::mark))
        .routes(routes!(attention::call))
        .routes(routes!(files::ask))
        .routes(routes!(surveys::send, surveys::waiting_here))
        .routes(routes!(knowledge::send))
        .routes(routes!(knowledge::ask))
        .layer(Extension(Senders(&[
            Role::Operator,
            Role::Supervisor,
            Role::Administrator,
            Role::Integration,
        ])));
    let livechat = OpenApiRouter::new()
        .routes(routes!(livechat::close))
        .routes(routes!(livechat::reopen))
        .routes(routes!(settings::read_all))
        .routes(routes!(phrases::preview))
        .routes(routes!(settings::history))
        .merge(settings)
        .merge(administration)
        .merge(requests)
        .merge(staff)
        .routes(routes!(desk::operators))
        .routes(routes!(operators::suspend))
        .routes(routes!(operators::reinstate))
        .routes(routes!(operators::issue_token))
        .routes(routes!(requests::close))
        .routes(routes!(visitor_tokens::issue))
        .routes(routes!(search::search))
        .routes(routes!(conversations::read))
        .routes(routes!(transcript::transcript))
        .routes(routes!(steps::leave))
        .routes(routes!(steps::pick_up))
        .routes(routes!(steps::write))
        .routes(routes!(steps::end))
        .routes(routes!(attention::take))
        .routes(routes!(attention::settle))
        .routes(routes!(files::send))
        .routes(routes!(copies::mail))
        .routes(routes!(surveys::read))
        .routes(routes!(surveys::open, surveys::cancel))
        .routes(routes!(surveys::answer))
        .routes(routes!(surveys::close))
        .routes(routes!(surveys::pending))
        .routes(routes!(desk::options))
        .routes(routes!(desk::canned_replies))
        .routes(routes!(knowledge::search))
        .routes(routes!(board::read))
        .routes(routes!(board::queue))
        .routes(routes!(audit::list))
        .routes(routes!(exports::take))
        .routes(routes!(figures::read))
        .routes(routes!(figures::definitions))
        .routes(routes!(live::floor::follow))
        .routes(routes!(live::queue::follow))
        .routes(routes!(live::colleagues::follow))
        .routes(routes!(live::conversation::read))
        .routes(routes!(playback::floor::play))
        .routes(routes!(playback::conversation::play))
        .routes(routes!(live::visitor::open))
        .routes(routes!(live::desk::open));
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(livechat::list))
        .nest("/api/v1/livechats/{livechat}", livechat)
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
}

/// The whole service, with the metrics unless they have an address of their own.
pub fn router(app: App, with_metrics: bool) -> Router {
    let (router, document) = if with_metrics { documented() } else { without_metrics() }.split_for_parts();
    shape::prepare();
    parameters::prepare();
    // Written down once: it is long, and anybody may read it.
    let document = openapi::complete(document).to_string();
    let document = ([(header::CONTENT_TYPE, "application/json")], Bytes::from(document));
    let router = router
        .route("/api/v1/openapi.json", get(async move |_: parameters::Checked| document))
        .merge(page::router());
    complete(router, app)
}

/// The metrics alone.
pub fn metrics_only(app: App) -> Router {
    complete(Router::new().route("/metrics", get(health::metrics)), app)
}

/// What every address has, whatever is there: limits, answers where there is nothing, and what is told of requests.
fn complete(router: Router<App>, app: App) -> Router {
    let id = HeaderName::from_static("x-request-id");
    router
        .fallback(async || Problem::nothing_here())
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                both("this address does not take that method", "cette adresse n’accepte pas cette méthode"),
            )
        })
        .layer(middleware::from_fn_with_state(app.clone(), count))
        .layer(middleware::from_fn_with_state(app.clone(), measure))
        .layer(cross_origin::layer(app.clone()))
        .layer(middleware::from_fn_with_state(app.clone(), ask_beforehand))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(PropagateRequestIdLayer::new(id.clone()))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(DefaultOnResponse::new()))
        .layer(SetRequestIdLayer::new(id, MakeRequestUuid))
        .layer(middleware::from_fn(language::negotiate))
        .with_state(app)
}

/// Sees to it that every request counts once. Those of livechats count by their token, or that they have none; where
/// that is not looked at (another method, a path that cannot be read) they count by their address, as all others do.
/// Probes may come as often as they like, for all of them may come through a proxy that nobody named.
async fn count(
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
    if !path.starts_with(livechat::ALL) {
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

/// `OPTIONS`, with which browsers ask before they call, counts by its address, and asks of what is there. What may be
/// done there is answered by the layer for calls from other sites.
async fn ask_beforehand(
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

/// The span of a request: its path without the query, which may hold a token.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Problem::internal(&"a handler panicked").into_response()
}

/// Counts and times every request by its route.
async fn measure(State(_): State<App>, path: Option<MatchedPath>, request: Request, next: Next) -> Response {
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

/// The method as a label: anybody may invent methods, and each label takes memory for ever.
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

/// The answer to a command: up to where the log has to be read to see what it did. A read with
/// `at_least` this position sees it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Done {
    /// A position in the log of the livechat.
    pub position: Position,
}

impl From<Receipt> for Done {
    fn from(receipt: Receipt) -> Self {
        Self { position: receipt.position }
    }
}

/// A few words with a command; they may be left out, and the whole body too.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "The visitor asks for a refund above my limit." }))]
pub struct WithNote {
    /// 1 to 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    note: Option<Personal<Note>>,
}

/// How fresh an answer has to be.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtLeast {
    /// Wait until the answer covers the log up to this position, for at most 5 seconds: 0 to the last position of
    /// the log of this livechat.
    pub at_least: Option<Position>,
}

impl AtLeast {
    /// As fresh as this position.
    pub const fn position(position: Position) -> Self {
        Self { at_least: Some(position) }
    }

    /// The position that is asked for, if it is one of the log: nobody waits for what may never come.
    ///
    /// # Errors
    /// 404 when there is no such livechat; 422 for a position beyond the end of its log, naming that end.
    pub async fn checked(self, app: &App, livechat: &LivechatId) -> Result<Option<Position>, Problem> {
        let Some(position) = self.at_least else { return Ok(None) };
        let (head, _) = past::head(app, livechat).await?;
        if position > head {
            return Err(Problem::field(
                "at_least",
                domain::both!(
                    "a position of this log: 0 to {head}",
                    "une position de ce journal\u{a0}: 0 à {head}"
                ),
            ));
        }
        Ok(Some(position))
    }

    /// Waits for the projections.
    ///
    /// # Errors
    /// As [`AtLeast::checked`]; 503 when they are not there in time.
    pub async fn reached(self, app: &App, livechat: &LivechatId) -> Result<(), Problem> {
        let Some(position) = self.checked(app, livechat).await? else { return Ok(()) };
        app.views.complete(livechat).await.map_err(views)?;
        if app.views.wait_for(livechat, position, AT_LEAST_WAIT).await.map_err(views)? {
            return Ok(());
        }
        Err(Problem::not_reached_yet(position))
    }
}

/// Tells a livechat with nothing to list from one that is not there. One that was just created has no rows yet:
/// they are waited for.
///
/// # Errors
/// 404 when there is no such livechat; 503 when its rows are not there in time.
pub async fn must_exist(app: &App, livechat: &LivechatId) -> Result<(), Problem> {
    app.views.complete(livechat).await.map_err(views)?;
    if app.views.position(livechat).await.map_err(views)? > 0 {
        return Ok(());
    }
    let (head, _) = past::head(app, livechat).await?;
    AtLeast::position(head).reached(app, livechat).await
}

/// Why the projections do not answer.
#[expect(clippy::needless_pass_by_value, reason = "reads as the function it is mapped with")]
pub fn views(error: projections::Error) -> Problem {
    if let projections::Error::CatchingUp { done, total, .. } = &error {
        return Problem::catching_up(*done, *total);
    }
    if let projections::Error::Stopped(_) = &error {
        return Problem::unavailable(
            "projections_stopped",
            both(
                "what is read of this livechat stops before something in its log that cannot be stored, so that an \
                 answer would be of a part of it: `pupitre projections parked` says what; other livechats go on",
                "ce qui est lu de ce livechat s’arrête avant un élément de son journal qui ne peut pas être \
                 enregistré\u{a0}: la réponse serait incomplète (`pupitre projections parked` dit lequel)\u{202f}; les \
                 autres livechats continuent",
            ),
        );
    }
    tracing::error!(%error, "the projections cannot be read");
    Problem::unavailable(
        "database_unavailable",
        both("the database does not answer", "la base de données ne répond pas"),
    )
}

/// A parameter that is not understood.
#[expect(clippy::needless_pass_by_value, reason = "reads as the function it is mapped with")]
pub fn query(error: axum::extract::rejection::QueryRejection) -> Problem {
    let message = error.body_text();
    let message = message.split_once("query string: ").map_or(message.as_str(), |(_, message)| message);
    let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    if let Some(missing) = message.strip_prefix("missing field ") {
        return Problem::field(quoted(missing).concat(), both("required", "obligatoire"));
    }
    let (field, message) = message.split_once(": ").unwrap_or(("query", message));
    let allowed = match message {
        message if message.contains("expected one of") || message.contains("expected `") => {
            shape::one_of(quoted(message).get(1..).unwrap_or_default())
        }
        message if message.contains("IP address") => both("an IP address", "une adresse IP"),
        message if message.contains("UUID") => both("a UUID", "un UUID"),
        message if message.contains("digit") || message.contains("number") || message.contains("integer") => {
            both("a whole number, 0 or more", "un nombre entier, 0 ou plus")
        }
        message if message.contains("bool") => both("true or false", "true ou false"),
        _ => both("another value", "une autre valeur"),
    };
    Problem::field(field, allowed)
}
