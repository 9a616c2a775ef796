//! Answers: which visitors wait, in which order, since when, for which skill (spec.md §Routing)?
//!
//! No table of its own: the queue is the live conversations that wait, in the order of the request.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::encoding;
use crate::floor::FloorConversation;
use crate::floor::conversations::State;
use crate::requested_by::RequestedBy;

/// One waiting visitor in the queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueuePlace {
    /// The position in the queue, from 1.
    pub position: usize,
    /// The conversation that waits, a UUID.
    pub conversation: String,
    /// Who waits.
    pub visitor: String,
    /// The visitor's name, if known.
    pub visitor_name: Option<String>,
    /// Who made the request: the details of a `visitor` are claims that nobody has checked.
    pub requested_by: RequestedBy,
    /// The skill asked for.
    pub skill: Option<String>,
    /// What it is called, in the language of the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill_name: Option<String>,
    /// Since when.
    #[serde(with = "encoding::millis")]
    pub since: DateTime<Utc>,
}

/// A waiting visitor, as live feeds send it: the position follows from the order, by `since` and then by
/// `requested_position`, so that an entry is not sent again because a visitor in front has left.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueueEntry {
    /// The conversation that waits, a UUID.
    pub conversation: String,
    /// Who waits.
    pub visitor: String,
    /// The visitor's name, if known.
    pub visitor_name: Option<String>,
    /// Who made the request: the details of a `visitor` are claims that nobody has checked.
    pub requested_by: RequestedBy,
    /// The skill asked for.
    pub skill: Option<String>,
    /// What it is called, in the language of the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill_name: Option<String>,
    /// Since when.
    #[serde(with = "encoding::millis")]
    pub since: DateTime<Utc>,
    /// The position of the request in the log: the order among requests at the same time.
    pub requested_position: i64,
}

impl QueueEntry {
    /// The entry of a conversation; none when it does not wait.
    pub fn of(row: &FloorConversation) -> Option<Self> {
        (row.state == State::Waiting).then(|| Self {
            conversation: row.conversation.clone(),
            visitor: row.visitor.clone(),
            visitor_name: row.visitor_name.clone(),
            requested_by: row.requested_by,
            skill: row.skill.clone(),
            skill_name: None,
            since: row.requested_at,
            requested_position: row.requested_position,
        })
    }
}

/// Those who wait for one skill, or for none in particular.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueueLine {
    /// The skill asked for; absent for those who asked for none.
    pub skill: Option<String>,
    /// What it is called, in the language of the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill_name: Option<String>,
    /// How many wait.
    pub waiting: usize,
    /// Since when the first of them waits.
    #[serde(with = "encoding::millis")]
    pub longest_since: DateTime<Utc>,
}

/// The queue at a position.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueueSnapshot {
    /// The position in the log at which all of this holds.
    pub position: Position,
    /// How many wait.
    pub waiting: usize,
    /// How many wait for which skill, those who asked for none first, then by skill.
    pub lines: Vec<QueueLine>,
    /// The waiting visitors, first to be served first.
    pub places: Vec<QueueEntry>,
}

impl QueueSnapshot {
    /// The queue of these waiting visitors, given in any order.
    pub fn new(position: Position, mut places: Vec<QueueEntry>) -> Self {
        places.sort_unstable_by_key(|entry| (entry.since, entry.requested_position));
        Self { position, waiting: places.len(), lines: lines(places.iter()), places }
    }
}

/// The changes that bring a queue from any position from `after` on to `position`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueueChanges {
    /// A reader who is not there yet has missed something.
    pub after: Position,
    /// The position in the log that this leads to.
    pub position: Position,
    /// How many wait.
    pub waiting: usize,
    /// How many wait for each skill, the complete list.
    pub lines: Vec<QueueLine>,
    /// Visitors who have entered, who wait for another skill, or whose skill was renamed.
    pub entered: Vec<QueueEntry>,
    /// Conversations that do not wait any more, UUIDs.
    pub left: Vec<String>,
}

/// How many wait for what.
pub fn lines<'a>(entries: impl Iterator<Item = &'a QueueEntry>) -> Vec<QueueLine> {
    let mut lines = BTreeMap::<Option<&str>, (usize, DateTime<Utc>)>::new();
    for entry in entries {
        let (waiting, longest) = lines.entry(entry.skill.as_deref()).or_insert((0, entry.since));
        *waiting += 1;
        *longest = entry.since.min(*longest);
    }
    let line = |(skill, (waiting, longest_since)): (Option<&str>, _)| QueueLine {
        skill: skill.map(str::to_owned),
        skill_name: None,
        waiting,
        longest_since,
    };
    lines.into_iter().map(line).collect()
}

/// The queue among live conversations.
pub fn places(conversations: &[FloorConversation]) -> Vec<QueuePlace> {
    let mut waiting: Vec<_> =
        conversations.iter().filter(|conversation| conversation.state == State::Waiting).collect();
    waiting.sort_unstable_by_key(|conversation| (conversation.requested_at, conversation.requested_position));
    waiting
        .into_iter()
        .zip(1..)
        .map(|(conversation, position)| QueuePlace {
            position,
            conversation: conversation.conversation.clone(),
            visitor: conversation.visitor.clone(),
            visitor_name: conversation.visitor_name.clone(),
            requested_by: conversation.requested_by,
            skill: conversation.skill.clone(),
            skill_name: None,
            since: conversation.requested_at,
        })
        .collect()
}
