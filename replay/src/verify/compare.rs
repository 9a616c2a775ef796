//! Data derived from a log, compared with a fold of its events.

use domain::LivechatId;
use journal::store::{Snapshot, Unusable};
use journal::{Position, newest_state};
use projections::FloorView;
use serde::Serialize;
use serde_json::Value;

use super::finding::Subject;
use crate::snapshots::content::{self, Unpacked};
use crate::state_at::StateAt;

/// Something derived from the log at a position, to be compared there.
#[derive(Debug)]
pub(super) enum Derived {
    Snapshot(Box<Snapshot>),
    /// With its content, if it can be used.
    StateSnapshot(Box<Snapshot>, Result<Unpacked, Unusable>),
    Floor(Box<FloorView>),
}

/// What is to be compared at a position, and the livechat as it is there.
pub(super) struct Comparison {
    pub(super) past: StateAt,
    /// The hash of the record of that position.
    pub(super) record_hash: Vec<u8>,
    pub(super) derived: Vec<Derived>,
}

/// The result of comparing one thing.
pub(super) struct Outcome {
    pub(super) position: Position,
    pub(super) subject: Subject,
    pub(super) compared: Compared,
}

impl Comparison {
    /// Compares everything at this position.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.derived.iter().map(|derived| Outcome {
            position: self.past.position,
            subject: derived.subject(),
            compared: derived.compare(&self.past, &self.record_hash),
        })
    }
}

/// The result of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Right,
    /// Created by another version of the code, and only that version could compare it.
    OtherVersion,
    Wrong(String),
}

impl Compared {
    fn unusable(why: Unusable) -> Self {
        match why {
            Unusable::OtherVersion => Self::OtherVersion,
            Unusable::Damaged | Unusable::NotInLog | Unusable::Unreadable => Self::Wrong(why.to_string()),
        }
    }
}

impl Derived {
    /// A state snapshot of a livechat.
    pub(super) fn of_state_snapshot(livechat: &LivechatId, snapshot: Snapshot) -> Self {
        let unpacked = content::unpack(livechat, &snapshot);
        Self::StateSnapshot(Box::new(snapshot), unpacked)
    }

    pub(super) const fn subject(&self) -> Subject {
        match self {
            Self::Snapshot(_) => Subject::Snapshot,
            Self::StateSnapshot(..) => Subject::StateSnapshot,
            Self::Floor(_) => Subject::Floor,
        }
    }

    /// Compares it with the livechat at its position, whose record has this hash.
    fn compare(&self, past: &StateAt, record_hash: &[u8]) -> Compared {
        match self {
            Self::Snapshot(snapshot) => match newest_state(past.floor.livechat(), snapshot) {
                Err(unusable) => Compared::unusable(unusable),
                Ok(_) if snapshot.record_hash != record_hash => Compared::unusable(Unusable::NotInLog),
                Ok(state) if state == past.livechat => Compared::Right,
                Ok(state) => Compared::Wrong(first_difference("state", &past.livechat, &state)),
            },
            Self::StateSnapshot(snapshot, unpacked) => match unpacked {
                Err(unusable) => Compared::unusable(*unusable),
                Ok(_) if snapshot.record_hash != record_hash => Compared::unusable(Unusable::NotInLog),
                Ok(unpacked) if snapshot.at == past.livechat.clock() && unpacked.is_form_of(past) => {
                    Compared::Right
                }
                Ok(unpacked) => compare_parsed(unpacked.read(snapshot), past),
            },
            Self::Floor(found) => match past.floor.view() {
                Some(expected) if expected == **found => Compared::Right,
                Some(expected) => Compared::Wrong(first_difference("floor", &expected, found)),
                None => Compared::Wrong("the log has no livechat yet".to_owned()),
            },
        }
    }
}

/// A parsed state snapshot, compared with what it should be.
fn compare_parsed(found: Result<StateAt, Unusable>, past: &StateAt) -> Compared {
    match found {
        Err(unusable) => Compared::unusable(unusable),
        Ok(found) if found.livechat != past.livechat => {
            Compared::Wrong(first_difference("state", &past.livechat, &found.livechat))
        }
        Ok(found) if found.floor != past.floor => {
            Compared::Wrong(first_difference("floor", &past.floor, &found.floor))
        }
        Ok(_) => Compared::Right,
    }
}

/// The first place where two things differ that should be the same, and how.
fn first_difference(name: &str, expected: &impl Serialize, found: &impl Serialize) -> String {
    let expected = serde_json::to_value(expected).unwrap_or_default();
    let found = serde_json::to_value(found).unwrap_or_default();
    differs(name, &expected, &found)
        .unwrap_or_else(|| format!("the {name} is another, in a way that is not shown"))
}

fn differs(path: &str, expected: &Value, found: &Value) -> Option<String> {
    if expected == found {
        return None;
    }
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            let mut keys = keys.map(|key| {
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                differs(&format!("{path}.{key}"), &of(one), &of(other))
            });
            keys.find_map(|difference| difference)
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut items = one.iter().zip(other).zip(0_usize..);
            items.find_map(|((one, other), index)| differs(&format!("{path}[{index}]"), one, other))
        }
        _ => Some(format!("{path} should be {}, and is {}", short(expected), short(found))),
    }
}

/// Characters of a value that are shown: enough to recognise it.
const TOLD_MAX: usize = 120;

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= TOLD_MAX {
        return text;
    }
    text.chars().take(TOLD_MAX).chain(['…']).collect()
}
