//! The table of URLs. Every route below a livechat checks the caller's token and role.

pub mod audit;
pub mod board;
pub mod bodies;
pub mod conversations;
pub mod desk;
pub mod exports;
pub mod figures;
pub mod files;
pub mod health;
pub mod knowledge;
pub mod livechat;
mod middleware;
pub mod operators;
pub mod page;
mod patch;
pub mod phrases;
pub mod search;
pub mod settings;
pub mod surveys;
pub mod transcript;
pub mod visitor_tokens;

use axum::body::Bytes;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::from_fn;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Extension, Router};
use domain::bilingual::both;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Role, Senders};
use crate::body::BodyLimit;
use crate::cross_origin;
use crate::language;
use crate::limits::SECTION_BODY_BYTES_MAX;
use crate::live;
use crate::openapi;
use crate::parameters;
use crate::playback;
use crate::problem::Problem;
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
        .routes(routes!(conversations::request::request, conversations::list))
        .routes(routes!(conversations::request::request_again))
        .layer(Extension(Senders(&[Role::Visitor, Role::Integration])));
    let staff = OpenApiRouter::new()
        .routes(routes!(operators::change_status))
        .routes(routes!(conversations::write_internally::write_internally))
        .routes(routes!(conversations::assign::assign))
        .routes(routes!(conversations::transfer::transfer))
        .routes(routes!(conversations::mark_important::mark))
        .routes(routes!(conversations::call_for_help::call))
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
        .routes(routes!(conversations::close::close))
        .routes(routes!(visitor_tokens::issue))
        .routes(routes!(search::search))
        .routes(routes!(conversations::read))
        .routes(routes!(transcript::transcript))
        .routes(routes!(conversations::leave::leave))
        .routes(routes!(conversations::pick_up::pick_up))
        .routes(routes!(conversations::write::write))
        .routes(routes!(conversations::end::end))
        .routes(routes!(conversations::call_for_help::take))
        .routes(routes!(conversations::call_for_help::settle))
        .routes(routes!(files::send))
        .routes(routes!(conversations::mail_copy::mail))
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
        .layer(from_fn_with_state(app.clone(), middleware::count))
        .layer(from_fn_with_state(app.clone(), middleware::measure))
        .layer(cross_origin::layer(app.clone()))
        .layer(from_fn_with_state(app.clone(), middleware::preflight))
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(PropagateRequestIdLayer::new(id.clone()))
        .layer(
            TraceLayer::new_for_http().make_span_with(middleware::span).on_response(DefaultOnResponse::new()),
        )
        .layer(SetRequestIdLayer::new(id, MakeRequestUuid))
        .layer(from_fn(language::negotiate))
        .with_state(app)
}
