//! What makes one record follow another: the next position, and a hash over both.

use domain::LivechatId;
use serde::{Serialize, Serializer};

use crate::log::entry::{GENESIS, Hash};
use crate::log::record::Position;
use crate::log::store::StoredRecord;

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
