//! Health: is the process alive, can it serve, and how is it doing?

use axum::extract::State;
use domain::bilingual::both;
use projections::CatchingUp;

use crate::app::App;
use crate::http::parameters::Checked;
use crate::http::problem::Problem;

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = String)))]
pub async fn alive(_: Checked) -> &'static str {
    "ok\n"
}

/// The server can serve: the log can be read and written, everything that was in it when the server started can be
/// read (else 503 `catching_up`, with how far that is), and it is not stopping. It can also while some livechats are
/// stopped, and says so: their rows stop before something that cannot be stored (`pupitre projections parked`), or
/// their logs do not hold together (`pupitre log verify`).
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    responses((status = 200, body = String), (status = 503, body = Problem))
)]
pub async fn ready(_: Checked, State(app): State<App>) -> Result<String, Problem> {
    if app.stopping.is_cancelled() {
        return Err(Problem::unavailable(
            "shutting_down",
            both("the server is shutting down", "le serveur est en cours d’arrêt"),
        ));
    }
    app.journal.check().await?;
    if let Some(CatchingUp { done, total, .. }) = app.views.catching_up() {
        return Err(Problem::catching_up(done, total));
    }
    let line = |count: usize, told: String| if count == 0 { String::new() } else { told };
    let (parked, damaged) = (app.views.parked(), app.journal.damaged());
    Ok(format!(
        "ready\n{}{}",
        line(parked, format!("projections of {parked} livechats parked\n")),
        line(damaged, format!("logs of {damaged} livechats damaged\n"))
    ))
}

/// Metrics in the Prometheus format.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, body = String)))]
pub async fn metrics(_: Checked, State(app): State<App>) -> String {
    app.metrics.render()
}
