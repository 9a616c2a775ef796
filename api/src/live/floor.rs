//! The floor, for supervisors: the board, the calls for help and today's totals, a snapshot first and then
//! what changes (spec.md §The desk, the supervisor, the visitor).

use axum::extract::State;
use axum::response::Response;
use domain::Timestamp;
use journal::{Position, Record};
use projections::figures::Today;
use projections::floor::HelpStep;
use projections::{Changes, FloorView, HelpCall};
use serde::Serialize;
use utoipa::ToSchema;

use super::stream::{self, FeedScope, Frame, View};
use super::transport::{After, Resume, Transport};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::language::ReaderLanguage;
use crate::problem::Problem;

/// The whole floor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorSnapshot {
    /// Who is there, what each is doing, which conversations are live, and who waits.
    #[serde(flatten)]
    pub board: FloorView,
    /// The calls for help that are not settled, oldest first.
    pub help: Vec<HelpCall>,
    /// Today's totals; absent where they are not counted yet, and told next then.
    pub today: Option<Today>,
}

/// Today's totals have changed, or a new day has begun; told at most once a second.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Totals {
    today: Today,
}

impl Totals {
    pub(super) fn frame(today: Today) -> Frame {
        Frame::new("totals", None::<Position>, &Self { today })
    }
}

/// A call for help was made, taken or settled. It comes before the change it is part of, and includes it, so
/// that a feed may be resumed after either.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HelpFrame {
    /// The position in the log of what happened: where to resume after it.
    position: Position,
    /// What happened.
    what: HelpWhat,
    /// In which conversation, a UUID.
    about: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who did it, within the role.
    by: String,
    /// What the operator wrote, when it was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The change.
    change: Changes,
}

/// What happened to a call for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HelpWhat {
    /// An operator called.
    Called,
    /// A supervisor takes care of it.
    Taken,
    /// It is settled.
    Done,
}

impl HelpFrame {
    pub(super) fn new(event: &Record, step: &HelpStep, change: Changes) -> Self {
        let (what, note) = match step {
            HelpStep::Called(note) => (HelpWhat::Called, note.clone()),
            HelpStep::Taken => (HelpWhat::Taken, None),
            HelpStep::Done => (HelpWhat::Done, None),
        };
        let about = event.event.fact.conversation_id().map(|id| id.to_string()).unwrap_or_default();
        Self {
            position: event.position,
            what,
            about,
            at: event.event.at,
            by: event.event.by.subject().to_owned(),
            note,
            change,
        }
    }
}

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
    let frames = stream::follow(&app.floors, &caller.livechat, view, after);
    Ok(transport.tell(app, caller, "floor", frames))
}
