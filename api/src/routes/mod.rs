//! The table of URLs: which handler answers what. It imports the routes, and nothing below imports it. The roles that
//! may call each are in [`auth::rights`](crate::auth::rights).

pub mod account;
pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod board;
pub mod conversations;
pub mod desk;
pub mod exports;
pub mod figures;
pub mod files;
pub mod health;
pub mod knowledge;
pub mod links;
pub mod live;
pub mod livechat;
pub mod members;
mod middleware;
pub mod operators;
pub mod optional_note;
pub mod page;
mod patch;
pub mod phrases;
pub mod search;
pub mod session;
pub mod settings;
pub mod setup;
pub mod surveys;
pub mod tickets;
pub mod transcript;
pub mod visitor_tokens;

use axum::body::Bytes;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::from_fn;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Extension, Router};
use domain::bilingual::both;
use serde_json::Value;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::rights::LIVECHAT;
use crate::http::body::BodyLimit;
use crate::http::problem::Problem;
use crate::http::{cross_origin, language, parameters, shape};
use crate::limits::SECTION_BODY_BYTES_MAX;
use crate::openapi;
use crate::playback;

/// Every documented route, with its place in the OpenAPI document.
fn documented() -> OpenApiRouter<App> {
    without_metrics().routes(routes!(health::metrics))
}

fn without_metrics() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(livechat::list))
        .nest(LIVECHAT, of_livechat())
        .merge(sessions())
        .merge(own_account())
        .merge(everybodys_accounts())
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
}

/// What is below a livechat.
fn of_livechat() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(livechat::create, livechat::read, livechat::change))
        .routes(routes!(livechat::close))
        .routes(routes!(livechat::reopen))
        .merge(api_keys())
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::change))
        .routes(routes!(members::remove))
        .merge(settings())
        .merge(operators())
        .merge(conversations::routes())
        .merge(beside_conversations())
        .routes(routes!(desk::options))
        .routes(routes!(desk::canned_replies))
        .routes(routes!(knowledge::search))
        .routes(routes!(knowledge::ask))
        .routes(routes!(board::read))
        .routes(routes!(board::queue))
        .routes(routes!(audit::list))
        .routes(routes!(exports::take))
        .routes(routes!(figures::read))
        .routes(routes!(figures::definitions))
        .routes(routes!(tickets::issue))
        .routes(routes!(live::floor::follow))
        .routes(routes!(live::queue::follow))
        .routes(routes!(live::colleagues::follow))
        .routes(routes!(live::conversation::read))
        .routes(routes!(playback::floor::play))
        .routes(routes!(playback::conversation::play))
        .routes(routes!(live::visitor::open))
        .routes(routes!(live::desk::open))
}

fn sessions() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::create, session::read, session::end))
        .routes(routes!(session::refresh))
}

fn own_account() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(account::read, account::change))
        .routes(routes!(account::password::change))
        .routes(routes!(
            account::second_factor::read,
            account::second_factor::enrol,
            account::second_factor::remove
        ))
        .routes(routes!(account::second_factor::confirm))
        .routes(routes!(account::second_factor::replace_recovery_codes))
        .routes(routes!(account::sessions::list, account::sessions::revoke_others))
        .routes(routes!(account::sessions::revoke))
}

fn everybodys_accounts() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(accounts::list, accounts::create))
        .routes(routes!(accounts::read, accounts::change, accounts::remove))
        .routes(routes!(accounts::disable::disable))
        .routes(routes!(accounts::disable::enable))
        .routes(routes!(accounts::invite::invite))
        .routes(routes!(accounts::invite::reset_password))
        .routes(routes!(accounts::sessions::list, accounts::sessions::revoke))
        .routes(routes!(accounts::second_factor::remove))
        .routes(routes!(accounts::audit::list))
        .routes(routes!(links::look))
        .routes(routes!(links::redeem))
        .routes(routes!(links::ask_reset))
        .routes(routes!(setup::make_first))
}

fn api_keys() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(api_keys::create, api_keys::list)).routes(routes!(
        api_keys::read,
        api_keys::change,
        api_keys::revoke
    ))
}

fn settings() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(settings::read, settings::change, settings::patch))
        .layer(Extension(BodyLimit(SECTION_BODY_BYTES_MAX)))
        .routes(routes!(settings::read_all))
        .routes(routes!(settings::history))
        .routes(routes!(phrases::preview))
}

fn operators() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(desk::operators))
        .routes(routes!(operators::register, operators::read, operators::change, operators::remove))
        .routes(routes!(operators::change_status))
        .routes(routes!(operators::suspend))
        .routes(routes!(operators::reinstate))
        .routes(routes!(operators::issue_token))
}

/// What hangs on a conversation and has a noun of its own.
fn beside_conversations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search::search))
        .routes(routes!(transcript::transcript))
        .routes(routes!(files::ask))
        .routes(routes!(files::send))
        .routes(routes!(knowledge::send))
        .routes(routes!(visitor_tokens::issue))
        .routes(routes!(surveys::send, surveys::waiting_here))
        .routes(routes!(surveys::read))
        .routes(routes!(surveys::open, surveys::cancel))
        .routes(routes!(surveys::answer))
        .routes(routes!(surveys::close))
        .routes(routes!(surveys::pending))
}

/// The whole OpenAPI document.
pub fn document() -> Value {
    openapi::complete(documented().split_for_parts().1)
}

/// The whole OpenAPI document as text, the same whenever it is made: every object has its fields in the order of their
/// names, since extensions have none of their own.
///
/// # Errors
/// Never, as it is made.
pub fn text() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&document())
}

/// Completes the document, and makes bodies and parameters be compared with it from now on.
fn installed(document: OpenApi) -> Value {
    parameters::install(&serde_json::to_value(&document).unwrap_or_default());
    let document = openapi::complete(document);
    shape::install(&document);
    document
}

/// Has bodies and parameters compared with the document, where no server is started.
pub fn install() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| drop(installed(documented().split_for_parts().1)));
}

/// The whole service, with the metrics unless they have an address of their own.
pub fn router(app: App, with_metrics: bool) -> Router {
    let (router, document) = if with_metrics { documented() } else { without_metrics() }.split_for_parts();
    // Serialized once: it is long and public.
    let document = installed(document).to_string();
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

/// The layers of every address: limits, answers for unknown paths, and the logging of requests.
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
