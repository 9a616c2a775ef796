//! The floor now: the board and the queue.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use projections::QueuePlace;

use super::{AtLeast, query};
use crate::auth::{Caller, Role};
use crate::live::FloorNow;
use crate::problem::Problem;
use crate::server::App;

/// Operators, live conversations, the queue and the calls for help, at one position of the log.
#[utoipa::path(
    get, path = "/board", tag = "floor", params(AtLeast),
    responses((status = 200, body = FloorNow), (status = 404, body = Problem))
)]
pub async fn read(
    caller: Caller,
    State(app): State<App>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<FloorNow>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    let at_least = at_least.map_err(query)?.at_least;
    Ok(axum::Json(app.floors.now(&caller.livechat, at_least).await?))
}

/// Who waits, first to be served first.
#[utoipa::path(
    get, path = "/queue", tag = "floor", params(AtLeast),
    responses((status = 200, body = Vec<QueuePlace>), (status = 404, body = Problem))
)]
pub async fn queue(
    caller: Caller,
    State(app): State<App>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Vec<QueuePlace>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    let at_least = at_least.map_err(query)?.at_least;
    Ok(axum::Json(app.floors.now(&caller.livechat, at_least).await?.board.queue))
}
