//! Health: is the process alive, can it serve, and how is it doing?

use axum::extract::State;

use crate::problem::Problem;
use crate::server::App;
use domain::bilingual::both;

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = String)))]
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The server can serve: the log can be read and written, and it is not stopping. It can also while the rows of
/// some livechats stop before something that cannot be stored (`pupitre projections parked`), and says so.
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    responses((status = 200, body = String), (status = 503, body = Problem))
)]
pub async fn ready(State(app): State<App>) -> Result<String, Problem> {
    if app.stopping.is_cancelled() {
        return Err(Problem::unavailable(
            "shutting_down",
            both("the server is shutting down", "le serveur est en cours d’arrêt"),
        ));
    }
    app.journal.check().await?;
    Ok(match app.views.parked() {
        0 => "ready\n".to_owned(),
        parked => format!("ready\nprojections of {parked} livechats parked\n"),
    })
}

/// Metrics in the Prometheus format.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, body = String)))]
pub async fn metrics(State(app): State<App>) -> String {
    app.metrics.render()
}
