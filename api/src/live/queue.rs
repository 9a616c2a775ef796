//! The queue, live: who waits, since when, for what (spec.md §Routing). Supervisors and administrators see
//! everybody; operators see how many wait for what, and no visitor who is not theirs.

use axum::extract::State;
use axum::response::Response;
use journal::Position;
use projections::queue::QueueLine;
use projections::{QueueChanges, QueueSnapshot};
use serde::Serialize;
use utoipa::ToSchema;

use super::cursor::Cursor;
use super::stream::{self, FeedScope, Frame, View};
use super::transport::{After, Resume, Transport};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::language::ReaderLanguage;
use crate::problem::Problem;

/// The frames of the queue for those who see everybody.
pub(super) struct QueueFrame;

impl QueueFrame {
    pub(super) fn snapshot(at: Cursor, queue: &QueueSnapshot) -> Frame {
        Frame::new("snapshot", Some(at), queue)
    }

    pub(super) fn change(at: Cursor, changes: &QueueChanges) -> Frame {
        Frame::new("change", Some(at), changes)
    }
}

/// What operators are told of the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueLengths {
    position: Position,
    /// How many wait.
    waiting: usize,
    /// How many wait for what, those who asked for no skill first, then by skill.
    lines: Vec<QueueLength>,
}

/// How many wait for a skill, or for none in particular.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueLength {
    /// The skill asked for; absent for those who asked for none.
    skill: Option<String>,
    /// What it is called, in the language of the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    skill_name: Option<String>,
    /// How many wait.
    waiting: usize,
}

impl QueueLengths {
    fn new(position: Position, waiting: usize, lines: &[QueueLine]) -> Self {
        let length = |line: &QueueLine| QueueLength {
            skill: line.skill.clone(),
            skill_name: line.skill_name.clone(),
            waiting: line.waiting,
        };
        Self { position, waiting, lines: lines.iter().map(length).collect() }
    }

    pub(super) fn frame(&self, at: Cursor, name: &'static str) -> Frame {
        Frame::new(name, Some(at), self)
    }
}

impl From<&QueueChanges> for QueueLengths {
    fn from(changes: &QueueChanges) -> Self {
        Self::new(changes.position, changes.waiting, &changes.lines)
    }
}

impl From<&QueueSnapshot> for QueueLengths {
    fn from(queue: &QueueSnapshot) -> Self {
        Self::new(queue.position, queue.waiting, &queue.lines)
    }
}

/// Follows the queue, as server-sent events, or over a WebSocket where one is asked for.
///
/// Frames `snapshot` (everybody who waits, in order) and `change` (who has entered and who has left), told
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
    let frames = stream::follow(&app.floors, &caller.livechat, view, after);
    Ok(transport.tell(app, caller, "queue", frames))
}
