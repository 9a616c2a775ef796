//! The page at `/`: the floor, drawn from the same feed that any client can follow.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use domain::bilingual::both;

use crate::app::App;
use crate::http::problem::Problem;

const FLOOR: &str = include_str!("../../page/floor.html");

/// Only scripts in the page itself may run, and it connects to this server only.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page.
pub fn router() -> Router<App> {
    Router::new().route("/", get(floor)).route("/demo", get(demo))
}

/// Leads to the floor of a demonstration; the token is in the fragment, which is not sent on.
async fn demo(State(app): State<App>) -> Result<Redirect, Problem> {
    let landing = app.landing.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            both("this server is not a demonstration", "ce serveur n’est pas une démonstration"),
        )
    })?;
    Ok(Redirect::temporary(&landing))
}

async fn floor() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)], FLOOR)
}
