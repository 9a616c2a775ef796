//! The queue, live (spec.md §Routing). Supervisors and administrators see every visitor who waits; operators see how
//! many wait for what.

use axum::extract::State;
use axum::response::Response;
use projections::QueueSnapshot;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::live::floor::feed;
use crate::live::floor::view::{FeedScope, View};
use crate::live::transport::{After, Resume, Transport};

/// Follows the queue, as server-sent events, or over a WebSocket where one is asked for.
///
/// Frames `snapshot` (the visitors who wait, in order) and `change` (those who have entered and those who have left), sent
/// when the queue changes. Operators get both as `Lengths`: how many wait for what, without names.
#[utoipa::path(
    get, path = "/queue/live", tag = "live", params(Resume),
    responses((status = 200, content_type = "text/event-stream", body = QueueSnapshot,
        description = "Events `snapshot`, `change`, `end`; over a WebSocket the same as frames"))
)]
pub async fn follow(
    caller: Caller,
    State(app): State<App>,
    after: After,
    accepted: ReaderLanguage,
    transport: Transport,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Operator, Role::Supervisor, Role::Administrator])?;
    let of = if caller.role == Role::Operator { FeedScope::QueueLengths } else { FeedScope::Queue };
    if let Some(head) = transport.head() {
        return Ok(head);
    }
    let after = after.start(&app, &caller.livechat).await?.position();
    let view = View { of, language: accepted.or_livechats(&app.journal, &caller.livechat).await? };
    let frames = feed::follow(&app.floors, &caller.livechat, view, after);
    Ok(transport.tell(app, caller, "queue", frames))
}
