//! The floor, now or as it was: the board and the queue.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::bilingual::both;
use projections::QueuePlace;

use crate::app::App;
use crate::as_of::{AsOfParams, not_created_yet};
use crate::auth::{Caller, Role};
use crate::freshness::AtLeast;
use crate::language::ReaderLanguage;
use crate::live::FloorNow;
use crate::problem::Problem;

/// Operators, live conversations, the queue and the calls for help, at one position of the log: now, or at any
/// moment of the past.
#[utoipa::path(
    get, path = "/board", tag = "floor", params(AsOfParams, AtLeast),
    responses(
        (status = 200, body = FloorNow), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "A moment that is not in the past of this livechat")
    )
)]
pub async fn read(
    caller: Caller,
    State(app): State<App>,
    when: Result<Query<AsOfParams>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
    accepted: ReaderLanguage,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    let at_least = at_least?.0.checked(&app, &caller.livechat).await?;
    if let Some(until) = when?.0.of(&app, &caller.livechat).await? {
        let floor = app.state_at(&caller.livechat, until).await?.floor;
        let board = floor.view().ok_or_else(|| not_created_yet(&both("the livechat", "le livechat")))?;
        let board = board.named(accepted.or_livechats(&app.journal, &caller.livechat).await?);
        return app.long_json(&caller.livechat, FloorNow { board, help: floor.help() }).await;
    }
    let now = app.floors.now(&caller.livechat, at_least).await?;
    let board = now.board.named(accepted.or_livechats(&app.journal, &caller.livechat).await?);
    app.long_json(&caller.livechat, FloorNow { board, ..now }).await
}

/// Who waits, first to be served first: now, or at any moment of the past.
#[utoipa::path(
    get, path = "/queue", tag = "floor", params(AsOfParams, AtLeast),
    responses(
        (status = 200, body = Vec<QueuePlace>), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "A moment that is not in the past of this livechat")
    )
)]
pub async fn queue(
    caller: Caller,
    State(app): State<App>,
    when: Result<Query<AsOfParams>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
    accepted: ReaderLanguage,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    let at_least = at_least?.0.checked(&app, &caller.livechat).await?;
    if let Some(until) = when?.0.of(&app, &caller.livechat).await? {
        let past = app.state_at(&caller.livechat, until).await?;
        let language = accepted.or_livechats(&app.journal, &caller.livechat).await?;
        let queue = past.floor.view().map(|board| board.named(language).queue).unwrap_or_default();
        return app.long_json(&caller.livechat, queue).await;
    }
    let now = app.floors.now(&caller.livechat, at_least).await?;
    let board = now.board.named(accepted.or_livechats(&app.journal, &caller.livechat).await?);
    app.long_json(&caller.livechat, board.queue).await
}
