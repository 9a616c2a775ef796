//! The floor, live, for supervisors (spec.md §The desk, the supervisor, the visitor).

use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::live::floor::FloorSnapshot;
use crate::live::floor::feed;
use crate::live::floor::view::{FeedScope, View};
use crate::live::transport::{After, Resume, Transport};

/// Follows the floor, as server-sent events, or over a WebSocket where one is asked for.
///
/// Each frame has its `type`, which is also the name of the event: `snapshot` (the whole, and today's totals),
/// `change` (rows that changed), `help` (a call for help, before the change it is part of), `totals`. The
/// position of a frame is its id; resumed after it, the feed goes on with one change that leads from there to
/// now, or with a snapshot where that is too long ago.
#[utoipa::path(
    get, path = "/floor", tag = "live", params(Resume),
    responses((status = 200, content_type = "text/event-stream", body = FloorSnapshot,
        description = "Events `snapshot`, `change`, `help`, `totals`, `end`; over a WebSocket the same as frames"))
)]
pub async fn follow(
    caller: Caller,
    State(app): State<App>,
    after: After,
    accepted: ReaderLanguage,
    transport: Transport,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    if let Some(head) = transport.head() {
        return Ok(head);
    }
    let after = after.start(&app, &caller.livechat).await?.position();
    let view =
        View { of: FeedScope::Floor, language: accepted.or_livechats(&app.journal, &caller.livechat).await? };
    let frames = feed::follow(&app.floors, &caller.livechat, view, after);
    Ok(transport.tell(app, caller, "floor", frames))
}
