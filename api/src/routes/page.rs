//! The page at `/`: the floor, drawn from the same feed that anybody can follow.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::server::App;

const FLOOR: &str = include_str!("../../page/floor.html");

/// Only what the page itself holds may run, and it talks to this server alone.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";

/// The page.
pub fn router() -> Router<App> {
    Router::new().route("/", get(floor))
}

async fn floor() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)], FLOOR)
}
