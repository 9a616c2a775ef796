//! The frames of the queue: which visitors wait, since when, for what (spec.md §Routing). Supervisors and
//! administrators see every visitor; operators see how many wait for each skill, and only their own visitors.

use journal::Position;
use projections::queue::QueueLine;
use projections::{QueueChanges, QueueSnapshot};
use serde::Serialize;
use utoipa::ToSchema;

use crate::live::cursor::Cursor;
use crate::live::frame::Frame;

/// The frames of the queue for readers who see every visitor.
pub(super) struct QueueFrame;

impl QueueFrame {
    pub(super) fn snapshot(at: Cursor, queue: &QueueSnapshot) -> Frame {
        Frame::new("snapshot", Some(at), queue)
    }

    pub(super) fn change(at: Cursor, changes: &QueueChanges) -> Frame {
        Frame::new("change", Some(at), changes)
    }
}

/// What operators are shown of the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueLengths {
    position: Position,
    /// How many wait.
    waiting: usize,
    /// How many wait for which skill, those who asked for none first, then by skill.
    lines: Vec<QueueLength>,
}

/// How many wait for a skill, or for none in particular.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueLength {
    /// The skill asked for; absent for visitors who asked for none.
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
