//! What was made of a log, compared with what it adds up to.

use domain::LivechatId;
use journal::Position;
use journal::snapshot::{Snapshot, Unusable as UnusableSnapshot};
use journal::store::StateSnapshot;
use projections::Board;
use serde::Serialize;
use serde_json::Value;

use super::finding::Subject;
use crate::past::Past;
use crate::stones::content::{self, Unpacked, Unusable};

/// What stands at a position and has to be compared there.
#[derive(Debug)]
pub(super) enum Made {
    Snapshot(Box<Snapshot>),
    /// And what is in it, as far as it can be told.
    Stone(Box<StateSnapshot>, Result<Unpacked, Unusable>),
    Board(Box<Board>),
}

/// What stands at a position, and the livechat as it is there.
pub(super) struct Comparison {
    pub(super) past: Past,
    /// The hash of the record of that position.
    pub(super) record_hash: Vec<u8>,
    pub(super) made: Vec<Made>,
}

/// What came of comparing one thing.
pub(super) struct Outcome {
    pub(super) position: Position,
    pub(super) subject: Subject,
    pub(super) compared: Compared,
}

impl Comparison {
    /// Compares everything that stands here.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.made.iter().map(|made| Outcome {
            position: self.past.position,
            subject: made.subject(),
            compared: made.compare(&self.past, &self.record_hash),
        })
    }
}

/// What came of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Right,
    /// Made by other code, which alone could tell.
    Foreign,
    Wrong(String),
}

impl Made {
    /// A stone of a livechat.
    pub(super) fn of_stone(livechat: &LivechatId, stone: StateSnapshot) -> Self {
        let unpacked = content::unpack(livechat, &stone);
        Self::Stone(Box::new(stone), unpacked)
    }

    pub(super) const fn subject(&self) -> Subject {
        match self {
            Self::Snapshot(_) => Subject::Snapshot,
            Self::Stone(..) => Subject::Stone,
            Self::Board(_) => Subject::Board,
        }
    }

    /// Compares it with the livechat at its position, whose record has this hash.
    fn compare(&self, past: &Past, record_hash: &[u8]) -> Compared {
        match self {
            Self::Snapshot(snapshot) => match snapshot.livechat() {
                Err(UnusableSnapshot::OtherVersion) => Compared::Foreign,
                Err(unusable) => Compared::Wrong(unusable.to_string()),
                Ok(_) if snapshot.record_hash != record_hash => {
                    Compared::Wrong(UnusableSnapshot::NotInLog.to_string())
                }
                Ok(livechat) if livechat == past.livechat => Compared::Right,
                Ok(livechat) => Compared::Wrong(first_difference("state", &past.livechat, &livechat)),
            },
            Self::Stone(stone, unpacked) => match unpacked {
                Err(Unusable::Foreign) => Compared::Foreign,
                Err(unusable) => Compared::Wrong(unusable.to_string()),
                Ok(_) if stone.record_hash != record_hash => Compared::Wrong(Unusable::Stray.to_string()),
                Ok(unpacked) if stone.at == past.livechat.clock() && unpacked.tells(past) => Compared::Right,
                Ok(unpacked) => stood(unpacked.read(stone), past),
            },
            Self::Board(found) => match past.floor.board() {
                Some(expected) if expected == **found => Compared::Right,
                Some(expected) => Compared::Wrong(first_difference("board", &expected, found)),
                None => Compared::Wrong("the log tells of no livechat yet".to_owned()),
            },
        }
    }
}

/// What a stone tells, taken apart, compared with what it should tell.
fn stood(stood: Result<Past, Unusable>, past: &Past) -> Compared {
    match stood {
        Err(unusable) => Compared::Wrong(unusable.to_string()),
        Ok(stood) if stood.livechat != past.livechat => {
            Compared::Wrong(first_difference("state", &past.livechat, &stood.livechat))
        }
        Ok(stood) if stood.floor != past.floor => {
            Compared::Wrong(first_difference("floor", &past.floor, &stood.floor))
        }
        Ok(_) => Compared::Right,
    }
}

/// The first place where two things differ that should be the same, and how.
fn first_difference(name: &str, expected: &impl Serialize, found: &impl Serialize) -> String {
    let expected = serde_json::to_value(expected).unwrap_or_default();
    let found = serde_json::to_value(found).unwrap_or_default();
    differs(name, &expected, &found)
        .unwrap_or_else(|| format!("the {name} is another, in a way that is not told"))
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

/// Characters of a value that are told: enough to recognise it.
const TOLD_MAX: usize = 120;

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= TOLD_MAX {
        return text;
    }
    text.chars().take(TOLD_MAX).chain(['…']).collect()
}
