//! What makes one record follow another: the next position, and a hash over both.

use std::collections::HashMap;

use domain::{LivechatId, Timestamp};
use serde::{Serialize, Serializer};

use crate::entry::{GENESIS, Hash};
use crate::error::Error;
use crate::record::{Position, Record};
use crate::store::StoredRecord;
use crate::upcast::decode;

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// Another one stands in its place.
    #[error("it is not there; record {0} stands in its place")]
    Displaced(Position),
    /// It is not there, or has no hash, so that the one after it cannot be checked.
    #[error("it is not there or has no hash, and record {0} comes after it")]
    Unlinked(Position),
    /// It should be there, since the head stands at it or beyond it.
    #[error("it is not there, and the head says that the log ends at {0}")]
    Missing(Position),
    /// Its hash was not computed from its bytes and the record before it.
    #[error("its hash does not fit its content and the record before it")]
    Hash,
    /// It never had a hash.
    #[error("it has no hash: another program appended it")]
    Unhashed,
    /// It is not an event.
    #[error("{0}")]
    Unreadable(String),
    /// A text in it has a NUL, which no command ever wrote.
    #[error("it has a NUL in a text, which the database cannot keep")]
    Nul,
    /// Time runs backwards, and no record says so; or one says so and it is not true.
    #[error("its time does not follow that of the record before it")]
    Older,
    /// It has no head to end at.
    #[error("the log has no head that can be read")]
    Headless,
    /// It is the last one, and the head says that it is another.
    #[error("the head has another hash")]
    Head,
    /// It is there and should not be.
    #[error("the head says that the log ends at {0}")]
    Beyond(Position),
    /// The snapshot was made of another record, or of one that is not there.
    #[error("the snapshot stands at a record of this position that is not in the log")]
    Snapshot,
    /// It cannot stand in a line of a file byte for byte.
    #[error("it cannot be exported exactly: {0}")]
    Unportable(&'static str),
}

/// A defect and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{livechat}, record {position}: {defect}")]
pub struct Problem {
    /// In whose log.
    pub livechat: LivechatId,
    /// At which record.
    pub position: Position,
    /// What is wrong there.
    #[serde(rename = "problem", serialize_with = "in_words")]
    pub defect: Defect,
}

fn in_words<S: Serializer>(defect: &Defect, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(defect)
}

/// Where a log, or what was read of it so far, ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    pub(crate) position: Position,
    pub(crate) hash: Hash,
}

impl Tail {
    /// Before the first record.
    pub(crate) const START: Self = Self { position: 0, hash: GENESIS };

    /// Goes on to a record, when it is the next one. The problem stands at the record that should be next.
    pub(crate) fn follow(&mut self, stored: &StoredRecord) -> Result<(), Problem> {
        let next = self.position + 1;
        let problem = |defect| Err(Problem { livechat: stored.livechat.clone(), position: next, defect });
        if stored.position != next {
            return problem(Defect::Displaced(stored.position));
        }
        if stored.hash.is_empty() {
            return problem(Defect::Unhashed);
        }
        let hash = stored.chained_to(&self.hash);
        if stored.hash != hash {
            return problem(Defect::Hash);
        }
        *self = Self { position: next, hash };
        Ok(())
    }
}

/// Where each of several livechats ends.
#[derive(Debug, Default)]
pub(super) struct Tails(HashMap<LivechatId, Tail>);

impl Tails {
    pub(super) fn of(&self, livechat: &LivechatId) -> Tail {
        self.0.get(livechat).copied().unwrap_or(Tail::START)
    }

    pub(super) fn follow(&mut self, stored: &StoredRecord) -> Result<(), Problem> {
        match self.0.get_mut(&stored.livechat) {
            Some(tail) => tail.follow(stored),
            None => self.0.entry(stored.livechat.clone()).or_insert(Tail::START).follow(stored),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&LivechatId, Tail)> {
        self.0.iter().map(|(livechat, tail)| (livechat, *tail))
    }
}

/// Checks of the content of a livechat's records, one after the other, besides the chain: an import accepts no record
/// that a verification would complain about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ContentCheck {
    /// The time of the last record.
    at: Option<Timestamp>,
}

impl ContentCheck {
    /// Goes on to a record that can be read and is not older than the one before, but where it says that the clock was set back. The problem stands at the record.
    pub(super) fn follow(&mut self, stored: &StoredRecord) -> Result<Record, Problem> {
        let problem =
            |defect| Problem { livechat: stored.livechat.clone(), position: stored.position, defect };
        let record = read(stored)?;
        if [&stored.payload, &stored.metadata].into_iter().any(|json| has_nul(json)) {
            return Err(problem(Defect::Nul));
        }
        if self.at.is_some_and(|before| !record.event.may_follow(before)) {
            return Err(problem(Defect::Older));
        }
        self.at = Some(record.event.at);
        Ok(record)
    }
}

/// Has a text of this JSON a NUL? It is escaped there, and a backslash before it may be one that was written.
fn has_nul(json: &str) -> bool {
    json.match_indices("u0000").any(|(at, _)| {
        let escapes = json[..at].len() - json[..at].trim_end_matches('\\').len();
        !escapes.is_multiple_of(2)
    })
}

/// The event of a record, in the words of this module.
pub(super) fn read(stored: &StoredRecord) -> Result<Record, Problem> {
    decode(stored).map_err(|error| {
        let why = if let Error::Damaged { problem, .. } = error { problem } else { error.to_string() };
        Problem {
            livechat: stored.livechat.clone(),
            position: stored.position,
            defect: Defect::Unreadable(why),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_told_from_the_words_for_one() {
        for json in [r#"{"a":"\u0000"}"#, r#"{"\u0000":1}"#, r#"["\\\u0000"]"#, r#"["u0000 \u0000"]"#] {
            assert!(has_nul(json), "{json}");
        }
        for json in [r#"{"a":"\\u0000"}"#, r#"["u0000"]"#, r#"["\u0001"]"#, r#"["\\\\u0000"]"#, "{}"] {
            assert!(!has_nul(json), "{json}");
        }
    }
}
