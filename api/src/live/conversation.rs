//! A conversation, live, for supervisors (spec.md §The desk, the supervisor, the visitor): the lines of its
//! transcript as they come to be, internal messages with them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::Action;
use domain::livechat::access::{Access, Form};
use futures::StreamExt;
use journal::{Recorded, Scope};
use projections::transcript::Line;

use super::feed::Frame;
use super::frame::unknown;
use super::transport::{After, Resume, Transport};
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::request::{ConversationInPath, IdempotencyKey};
use crate::server::App;

/// Reads a conversation live, as server-sent events, or over a WebSocket where one is asked for.
///
/// Frames `line`, each a line of the transcript, from the first one on, or from just after a position. That
/// it is read is recorded, once for each time it is opened; opened again with the same `Idempotency-Key`, it
/// is the same reading.
#[utoipa::path(
    get, path = "/conversations/{conversation}/live", tag = "live", params(Resume),
    responses(
        (status = 200, content_type = "text/event-stream", body = Line,
            description = "Events `line`, `end`; over a WebSocket the same as frames"),
        (status = 404, body = Problem, description = "`unknown_conversation`")
    )
)]
pub async fn read(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    After(after): After,
    transport: Transport,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    if app.journal.beginning(&caller.livechat, id).await?.is_none() {
        return Err(unknown(id));
    }
    let access = Access::Transcript { conversation: id, form: Form::Live };
    app.command(&caller, key, Action::RecordAccess(access)).await?;
    let log = app.journal.follow(&caller.livechat, Scope::Conversation(id), after.unwrap_or_default());
    let frames = log.filter_map(async |record| record.map(|record| line(&record)).transpose());
    Ok(transport.tell(app, caller, "conversation", frames))
}

/// The line of an event; what is no line is not told.
fn line(record: &Arc<Recorded>) -> Option<Frame> {
    Some(Frame::new("line", Some(record.position), &Line::of(record)?))
}
