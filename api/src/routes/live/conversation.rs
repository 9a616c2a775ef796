//! A conversation, live, for supervisors (spec.md §The desk, the supervisor, the visitor): the lines of its
//! transcript as they come to be, internal messages with them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::event::{Access, Form};
use futures::{StreamExt, stream};
use journal::{Record, Scope};
use projections::transcript::{Line, LineRow};

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::problem::Problem;
use crate::http::request::ConversationInPath;
use crate::live::frame::Frame;
use crate::live::socket_frames::unknown;
use crate::live::transport::{After, Reset, Resume, Transport};

/// Reads a conversation live, as server-sent events, or over a WebSocket where one is asked for.
///
/// Frames `line`, each a line of the transcript, from the first one on, or from just after a position. A `reset`
/// comes before them when that position is not of this log, and all lines are sent. That it is read is recorded
/// each time it is opened.
#[utoipa::path(
    get, path = "/conversations/{conversation}/live", tag = "live", params(Resume),
    responses(
        (status = 200, content_type = "text/event-stream", body = LineRow,
            description = "Events `reset`, `line`, `end`; over a WebSocket the same as frames"),
        (status = 404, body = Problem, description = "`unknown_conversation`")
    )
)]
pub async fn read(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    after: After,
    transport: Transport,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    if app.journal.beginning(&caller.livechat, id).await?.is_none() {
        return Err(unknown(id));
    }
    let access = Access::Transcript { conversation: id, form: Form::Live };
    app.record_access(&caller, access).await?;
    if let Some(head) = transport.head() {
        return Ok(head);
    }
    let start = after.start(&app, &caller.livechat).await?;
    let after = start.position().unwrap_or_default();
    let log = app.journal.follow(&caller.livechat, Scope::Conversation(id), after);
    let lines = log.filter_map(async |record| record.map(|record| line(&record)).transpose());
    let frames = stream::iter(Reset::frame(start).map(Ok)).chain(lines);
    Ok(transport.tell(app, caller, "conversation", frames))
}

/// The line of an event; some make none.
fn line(record: &Arc<Record>) -> Option<Frame> {
    Some(Frame::new("line", Some(&**record), &LineRow::from(Line::of(record)?)))
}
