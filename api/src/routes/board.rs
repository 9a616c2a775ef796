//! The board and the queue, now or as they were.

use axum::response::Response;
use domain::bilingual::both;
use projections::QueuePlace;

use crate::http::as_of::{AsOfParams, not_created_yet};
use crate::http::freshness::AtLeast;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::live::FloorNow;

/// Operators, live conversations, the queue and the calls for help, at one position of the log: now, or at any
/// past time.
#[utoipa::path(
    get, path = "/board", tag = "floor", params(AsOfParams, AtLeast),
    responses(
        (status = 200, body = FloorNow),
        (status = 422, body = Problem, description = "A time that is not in the past of this livechat")
    )
)]
pub async fn read(reader: Reader<AsOfParams>, accepted: ReaderLanguage) -> Result<Response, Problem> {
    reader.caller.may_call()?;
    let at_least = reader.at_least().await?;
    let when = reader.parameters()?;
    let Reader { caller, app, .. } = reader;
    if let Some(until) = when.of(&app, &caller.livechat).await? {
        let floor = app.state_at(&caller.livechat, until).await?.floor;
        let board = floor.view().ok_or_else(|| not_created_yet(&both("the livechat", "le livechat")))?;
        let board = board.named(accepted.or_livechats(&app.journal, &caller.livechat).await?);
        return app.long_json(&caller.livechat, FloorNow { board, help: floor.help() }).await;
    }
    let now = app.floors.now(&caller.livechat, at_least).await?;
    let board = now.board.named(accepted.or_livechats(&app.journal, &caller.livechat).await?);
    app.long_json(&caller.livechat, FloorNow { board, ..now }).await
}

/// The visitors who wait, first to be served first: now, or at any past time.
#[utoipa::path(
    get, path = "/queue", tag = "floor", params(AsOfParams, AtLeast),
    responses(
        (status = 200, body = Vec<QueuePlace>),
        (status = 422, body = Problem, description = "A time that is not in the past of this livechat")
    )
)]
pub async fn queue(reader: Reader<AsOfParams>, accepted: ReaderLanguage) -> Result<Response, Problem> {
    reader.caller.may_call()?;
    let at_least = reader.at_least().await?;
    let when = reader.parameters()?;
    let Reader { caller, app, .. } = reader;
    if let Some(until) = when.of(&app, &caller.livechat).await? {
        let past = app.state_at(&caller.livechat, until).await?;
        let language = accepted.or_livechats(&app.journal, &caller.livechat).await?;
        let queue = past.floor.view().map(|board| board.named(language).queue).unwrap_or_default();
        return app.long_json(&caller.livechat, queue).await;
    }
    let now = app.floors.now(&caller.livechat, at_least).await?;
    let board = now.board.named(accepted.or_livechats(&app.journal, &caller.livechat).await?);
    app.long_json(&caller.livechat, board.queue).await
}
