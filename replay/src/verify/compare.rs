//! What was made of a log, compared with what it adds up to.

use domain::LivechatId;
use journal::snapshot::{Snapshot, Unusable as UnusableSnapshot};
use journal::store::Stone;
use projections::Board;
use serde::Serialize;
use serde_json::Value;

use super::finding::Subject;
use crate::past::Past;
use crate::stones::content::{self, Unusable};

/// What stands at a position and has to be compared there.
#[derive(Debug)]
pub(super) enum Made {
    Snapshot(Box<Snapshot>),
    /// Opened, as far as it can be, and the hash of the record that it says it stands at.
    Stone(Result<Box<Past>, Unusable>, Vec<u8>),
    Board(Box<Board>),
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
    /// A stone of a livechat, opened.
    pub(super) fn of_stone(livechat: &LivechatId, stone: Stone) -> Self {
        Self::Stone(content::open(livechat, &stone).map(Box::new), stone.record_hash)
    }

    pub(super) const fn subject(&self) -> Subject {
        match self {
            Self::Snapshot(_) => Subject::Snapshot,
            Self::Stone(..) => Subject::Stone,
            Self::Board(_) => Subject::Board,
        }
    }

    /// Compares it with the livechat at its position, whose record has this hash.
    pub(super) fn compare(&self, past: &Past, record_hash: &[u8]) -> Compared {
        match self {
            Self::Snapshot(snapshot) => match snapshot.livechat() {
                Err(UnusableSnapshot::Foreign) => Compared::Foreign,
                Err(unusable) => Compared::Wrong(unusable.to_string()),
                Ok(_) if snapshot.record_hash != record_hash => {
                    Compared::Wrong(UnusableSnapshot::Stray.to_string())
                }
                Ok(livechat) if livechat == past.livechat => Compared::Right,
                Ok(livechat) => Compared::Wrong(first_difference("state", &past.livechat, &livechat)),
            },
            Self::Stone(opened, stands_at) => match opened {
                Err(Unusable::Foreign) => Compared::Foreign,
                Err(unusable) => Compared::Wrong(unusable.to_string()),
                Ok(_) if stands_at != record_hash => Compared::Wrong(Unusable::Stray.to_string()),
                Ok(stood) if stood.livechat != past.livechat => {
                    Compared::Wrong(first_difference("state", &past.livechat, &stood.livechat))
                }
                Ok(stood) if stood.floor != past.floor => {
                    Compared::Wrong(first_difference("floor", &past.floor, &stood.floor))
                }
                Ok(_) => Compared::Right,
            },
            Self::Board(found) => match past.floor.board() {
                Some(expected) if expected == **found => Compared::Right,
                Some(expected) => Compared::Wrong(first_difference("board", &expected, found)),
                None => Compared::Wrong("the log tells of no livechat yet".to_owned()),
            },
        }
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
