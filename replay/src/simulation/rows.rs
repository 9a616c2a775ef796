//! Read models computed from the log: the real folds, in memory. They survive the process, as tables do; a
//! batch is applied as a whole or not at all, as the transaction of the runner does; what was applied before is
//! skipped by its position, and a hole is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::LivechatId;
use journal::{Position, Record};
use projections::conversations::Conversations;
use projections::survey_answers::PendingSurveys;
use projections::transcript::Transcript;
use projections::{LiveFloor, Memory};

/// The rows of every livechat.
pub(super) struct Rows(BTreeMap<LivechatId, Tables>);

/// The rows of one.
struct Tables {
    reached: Position,
    floor: LiveFloor,
    conversations: Memory<Conversations>,
    transcript: Memory<Transcript>,
    surveys: Memory<PendingSurveys>,
}

/// An event is missing before a batch.
#[derive(Debug)]
pub(super) struct Hole;

impl Tables {
    fn of(livechat: &LivechatId) -> Self {
        Self {
            reached: 0,
            floor: LiveFloor::empty(livechat.clone()),
            conversations: Memory::default(),
            transcript: Memory::default(),
            surveys: Memory::default(),
        }
    }

    fn apply(&mut self, record: &Record) {
        self.floor.apply(record);
        self.conversations.apply(record);
        self.transcript.apply(record);
        self.surveys.apply(record);
        self.reached = record.position;
    }
}

impl Rows {
    pub(super) fn of(livechats: &[LivechatId]) -> Self {
        Self(livechats.iter().map(|livechat| (livechat.clone(), Tables::of(livechat))).collect())
    }

    /// How far a livechat is.
    pub(super) fn reached(&self, livechat: &LivechatId) -> Position {
        self.0.get(livechat).map_or(0, |tables| tables.reached)
    }

    /// Applies what is new in a batch.
    pub(super) fn apply(&mut self, batch: &[Arc<Record>]) -> Result<(), Hole> {
        let mut next: BTreeMap<&LivechatId, Position> = BTreeMap::new();
        for record in batch {
            let reached = next.entry(&record.livechat).or_insert_with(|| self.reached(&record.livechat));
            if record.position > *reached + 1 {
                return Err(Hole);
            }
            *reached = record.position.max(*reached);
        }
        for record in batch {
            if let Some(tables) = self.0.get_mut(&record.livechat)
                && record.position > tables.reached
            {
                tables.apply(record);
            }
        }
        Ok(())
    }

    /// Are they what a fold of the whole log gives?
    pub(super) fn compare(&self, livechat: &LivechatId, log: &[Arc<Record>]) -> Result<(), String> {
        let mut whole = Tables::of(livechat);
        for record in log {
            whole.apply(record);
        }
        let Some(found) = self.0.get(livechat) else { return Ok(()) };
        let what = if found.reached != whole.reached {
            return Err(format!("the rows are at {} of {}", found.reached, whole.reached));
        } else if found.floor.view() != whole.floor.view() || found.floor.queue() != whole.floor.queue() {
            "the floor"
        } else if found.conversations.rows() != whole.conversations.rows() {
            "the list of conversations"
        } else if found.transcript.rows() != whole.transcript.rows() {
            "the transcripts"
        } else if found.surveys.rows() != whole.surveys.rows() {
            "the surveys"
        } else {
            return Ok(());
        };
        Err(format!("{what} is not what the whole log gives"))
    }
}
