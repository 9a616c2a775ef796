//! A livechat in memory: its state, and how far its log goes.

use std::sync::Arc;

use domain::{Livechat, LivechatId, Timestamp};

use super::generation::Generation;
use super::receipts::Receipts;
use super::state_copy::StateCopy;
use crate::error::Error;
use crate::log::chain::Tail;
use crate::log::checked::follow;
use crate::log::entry::{GENESIS, Hash, WakeUp};
use crate::log::record::{Position, Record};
use crate::log::store::{Read, Store, StoreError};
use crate::metric::as_f64;

/// A livechat in memory. Its state runs ahead of the disk by what is being written.
#[derive(Debug)]
pub(crate) struct Resident {
    pub(crate) livechat: Livechat,
    /// The position of the last event applied, durable or not.
    pub(crate) position: Position,
    /// The hash of that event's record.
    pub(crate) hash: Hash,
    pub(crate) receipts: Receipts,
    pub(crate) generation: Arc<Generation>,
    /// The position of its last snapshot, kept or on its way; 0 when there is none.
    pub(crate) snapshot_at: Position,
    /// When the timekeeper wakes it, as was reported last.
    pub(crate) reported_deadline: Option<Timestamp>,
}

/// Records read from the log at once.
const PAGE: usize = 2_000;

/// Events after which a snapshot pays off. Reading so many back takes a tenth of a second.
const SNAPSHOT_EVENTS: u64 = 10_000;

/// Entries of a state that may be written down per event since the last snapshot: a large state waits for
/// more events, so that snapshots take a fixed share of the time of a command.
const SNAPSHOT_ENTRIES_PER_EVENT: usize = 4;

impl Resident {
    /// A livechat without a log.
    fn empty() -> Self {
        Self {
            livechat: Livechat::default(),
            position: 0,
            hash: GENESIS,
            receipts: Receipts::default(),
            generation: Arc::default(),
            snapshot_at: 0,
            reported_deadline: None,
        }
    }

    /// A livechat rebuilt from its log: its snapshot, and what came after. Returns also those of its records that come
    /// after `published`, the last position that was published; none when nothing of it was ever followed here.
    pub(crate) async fn from_log(
        store: &dyn Store,
        id: &LivechatId,
        published: Option<Position>,
    ) -> Result<(Self, Vec<Arc<Record>>), Error> {
        let mut missed = Vec::new();
        let log = store.read();
        // For good: what is decided on this is not overtaken by an append that was given up.
        let Some(head) = store.settled_head(id).await? else {
            if log.page(id, 0, 1).await?.is_empty() {
                return Ok((Self::empty(), missed));
            }
            let problem = "there are records, and no head that can be read".to_owned();
            return Err(Error::Damaged { livechat: id.clone(), problem });
        };
        let snapshot = load_snapshot(log, id).await?;
        // A snapshot beyond what was published would hide what has still to be.
        let usable = snapshot.filter(|state| {
            state.position <= head.position && published.is_none_or(|published| state.position <= published)
        });
        let mut resident = usable.map_or_else(Self::empty, Self::from);
        let mut tail = Tail { position: resident.position, hash: resident.hash };
        'log: loop {
            let page = log.page(id, resident.position, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for stored in &page {
                // Records after the head that was read belong to another writer; the fence will tell.
                if stored.position > head.position {
                    break 'log;
                }
                let record = follow(&mut tail, stored)?;
                resident.apply(&record)?;
                if published.is_some_and(|published| record.position > published) {
                    missed.push(Arc::new(record));
                }
            }
        }
        if resident.position != head.position {
            return Err(Error::Damaged {
                livechat: id.clone(),
                problem: format!("the log ends at {} and its head says {}", resident.position, head.position),
            });
        }
        if tail.hash != head.hash {
            let problem = format!("record {} has another hash than the head", head.position);
            return Err(Error::Damaged { livechat: id.clone(), problem });
        }
        let folded = usize::try_from(head.position - resident.snapshot_at).unwrap_or(usize::MAX);
        metrics::histogram!("journal_loaded_events").record(as_f64(folded));
        resident.hash = head.hash;
        resident.generation.made_durable(head.position);
        let wake_up = WakeUp::of(&resident.livechat);
        if wake_up != head.wake_up {
            // Imported, or written by code that knew other timers.
            store.update_wake_up(id, head.position, wake_up).await?;
        }
        Ok((resident, missed))
    }

    /// Would a snapshot spare more than it costs?
    pub(crate) fn deserves_snapshot(&self) -> bool {
        self.position - self.snapshot_at
            >= SNAPSHOT_EVENTS.max((self.entries() / SNAPSHOT_ENTRIES_PER_EVENT) as u64)
    }

    /// How many things are kept in memory for it, each of a hundred bytes or a few.
    pub(crate) fn entries(&self) -> usize {
        1 + self.livechat.entries() + self.receipts.len()
    }

    /// Is everything in the log that was decided?
    pub(crate) fn is_settled(&self) -> bool {
        !self.generation.is_invalid() && self.generation.durable() >= self.position
    }

    fn apply(&mut self, record: &Record) -> Result<(), Error> {
        if record.position != self.position + 1 {
            return Err(Error::Damaged {
                livechat: record.livechat.clone(),
                problem: format!("record {} follows record {}", record.position, self.position),
            });
        }
        domain::evolve(&mut self.livechat, &record.event);
        self.position = record.position;
        self.receipts.extend(record.command, record.position);
        Ok(())
    }

    /// A copy of its state, for a snapshot.
    pub(super) fn copy(&self) -> StateCopy {
        StateCopy {
            livechat: self.livechat.clone(),
            receipts: self.receipts.clone(),
            position: self.position,
            hash: self.hash,
        }
    }
}

impl From<StateCopy> for Resident {
    fn from(StateCopy { livechat, receipts, position, hash }: StateCopy) -> Self {
        Self { livechat, position, hash, receipts, snapshot_at: position, ..Self::empty() }
    }
}

/// The livechat as of its snapshot; `None` when no snapshot can be used.
async fn load_snapshot(store: &dyn Read, id: &LivechatId) -> Result<Option<StateCopy>, StoreError> {
    let Some(snapshot) = store.snapshot(id).await? else { return Ok(None) };
    match StateCopy::open(store, id, &snapshot).await? {
        Ok(state) => Ok(Some(state)),
        Err(why) => {
            tracing::warn!(livechat = %id, %why, "a snapshot is ignored");
            metrics::counter!("journal_snapshots_ignored_total").increment(1);
            Ok(None)
        }
    }
}
