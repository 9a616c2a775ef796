//! What a record has to be besides the next one of its chain, and where each of several livechats ends.

use std::collections::HashMap;

use domain::{LivechatId, Timestamp};

use crate::error::Error;
use crate::log::chain::{Defect, Problem, Tail};
use crate::log::record::Record;
use crate::log::store::StoredRecord;
use crate::log::upcast::decode;

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
    fn a_nul_character_is_distinguished_from_its_escaped_text() {
        for json in [r#"{"a":"\u0000"}"#, r#"{"\u0000":1}"#, r#"["\\\u0000"]"#, r#"["u0000 \u0000"]"#] {
            assert!(has_nul(json), "{json}");
        }
        for json in [r#"{"a":"\\u0000"}"#, r#"["u0000"]"#, r#"["\u0001"]"#, r#"["\\\\u0000"]"#, "{}"] {
            assert!(!has_nul(json), "{json}");
        }
    }
}
