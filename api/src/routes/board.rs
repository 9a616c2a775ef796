//! The floor, now or as it was: the board and the queue.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::Rejection;
use projections::{Board, QueuePlace};

use super::{AtLeast, must_exist, query, views};
use crate::auth::{Caller, Role};
use crate::past::{When, not_yet};
use crate::problem::Problem;
use crate::server::App;

/// Operators, live conversations and the queue, at one position of the log: now, or at any moment of the past.
#[utoipa::path(
    get, path = "/board", tag = "floor", params(When, AtLeast),
    responses(
        (status = 200, body = Board), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "A moment that is not in the past of this livechat")
    )
)]
pub async fn read(
    caller: Caller,
    State(app): State<App>,
    when: Result<Query<When>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Board>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    if let Some(until) = when.map_err(query)?.0.of(&app, &caller.livechat).await? {
        let past = app.past(&caller.livechat, until).await?;
        return Ok(axum::Json(past.floor.board().ok_or_else(|| not_yet("the livechat"))?));
    }
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    let board = app.views.board(&caller.livechat).await.map_err(views)?;
    Ok(axum::Json(board.ok_or(Rejection::UnknownLivechat)?))
}

/// Who waits, first to be served first: now, or at any moment of the past.
#[utoipa::path(
    get, path = "/queue", tag = "floor", params(When, AtLeast),
    responses(
        (status = 200, body = Vec<QueuePlace>), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "A moment that is not in the past of this livechat")
    )
)]
pub async fn queue(
    caller: Caller,
    State(app): State<App>,
    when: Result<Query<When>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Vec<QueuePlace>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    if let Some(until) = when.map_err(query)?.0.of(&app, &caller.livechat).await? {
        let past = app.past(&caller.livechat, until).await?;
        return Ok(axum::Json(past.floor.board().map(|board| board.queue).unwrap_or_default()));
    }
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    must_exist(&app, &caller.livechat).await?;
    Ok(axum::Json(app.views.queue(&caller.livechat).await.map_err(views)?))
}
