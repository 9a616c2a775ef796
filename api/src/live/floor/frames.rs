//! The frames of the floor, for supervisors: the board, the calls for help and today's totals, a snapshot first and
//! then what changes (spec.md §The desk, the supervisor, the visitor).

use domain::Timestamp;
use journal::{Position, Record};
use projections::figures::Today;
use projections::floor::HelpStep;
use projections::{Changes, FloorView, HelpCall};
use serde::Serialize;
use utoipa::ToSchema;

use crate::live::frame::Frame;

/// The whole floor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorSnapshot {
    /// The operators who are there and what each is doing, the live conversations, and the visitors who wait.
    #[serde(flatten)]
    pub board: FloorView,
    /// The calls for help that are not settled, oldest first.
    pub help: Vec<HelpCall>,
    /// Today's totals; absent where they are not counted yet, and sent next then.
    pub today: Option<Today>,
}

/// The whole floor at one position of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorNow {
    /// The operators who are there and what each is doing, the live conversations, and the visitors who wait.
    #[serde(flatten)]
    pub board: FloorView,
    /// The calls for help that are not settled, oldest first.
    pub help: Vec<HelpCall>,
}

/// Today's totals have changed, or a new day has begun; sent at most once a second.
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
    /// The author, within the role.
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
