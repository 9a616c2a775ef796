//! A livechat in memory: its state, and how far its log goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::{Livechat, LivechatId};

use crate::archive::chain::Tail;
use crate::checked::follow;
use crate::entry::{GENESIS, Hash, Outlook};
use crate::error::Error;
use crate::figure::figure;
use crate::receipts::Receipts;
use crate::recorded::{Position, Recorded};
use crate::snapshot;
use crate::store::Store;

/// A livechat in memory. Its state runs ahead of the disk by what is being written.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) livechat: Livechat,
    /// The position of the last event applied, durable or not.
    pub(crate) position: Position,
    /// The hash of that event's record.
    pub(crate) hash: Hash,
    pub(crate) receipts: Receipts,
    pub(crate) fate: Arc<Fate>,
    /// The position of its last snapshot, kept or on its way; 0 when there is none.
    pub(crate) snapshot_at: Position,
}

/// Records read from the log at once.
const PAGE: usize = 2_000;

/// Events after which a snapshot is worth its while. Reading so many back takes a tenth of a second.
const SNAPSHOT_EVENTS: u64 = 10_000;

/// Entries of a state that may be written down per event since the last snapshot: a large state waits for
/// more events, so that snapshots take a fixed share of the time of a command.
const SNAPSHOT_ENTRIES_PER_EVENT: usize = 4;

/// What became of the events of one loading of a livechat; shared with the writer.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    durable: AtomicU64,
    broken: AtomicBool,
}

impl Fate {
    pub(crate) fn durable(&self) -> Position {
        self.durable.load(Ordering::Acquire)
    }

    pub(crate) fn made_durable(&self, position: Position) {
        self.durable.fetch_max(position, Ordering::AcqRel);
    }

    /// A batch failed: the state in memory holds events that are not in the log.
    pub(crate) fn break_off(&self) {
        self.broken.store(true, Ordering::Release);
    }

    /// While a rule is at work: should it panic, what it left half done is not used.
    pub(crate) fn doubt(self: &Arc<Self>) -> Doubt {
        Doubt(self.clone())
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }
}

/// See [`Fate::doubt`].
pub(crate) struct Doubt(Arc<Fate>);

impl Drop for Doubt {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.break_off();
        }
    }
}

impl Loaded {
    /// A livechat without a log.
    fn unborn() -> Self {
        Self {
            livechat: Livechat::default(),
            position: 0,
            hash: GENESIS,
            receipts: Receipts::default(),
            fate: Arc::default(),
            snapshot_at: 0,
        }
    }

    /// A livechat as its log tells: its snapshot, and what came after. Tells also which of its records
    /// come after `published`, the last position that was published; none when nothing of it was ever
    /// followed here.
    pub(crate) async fn from_log(
        store: &dyn Store,
        id: &LivechatId,
        published: Option<Position>,
    ) -> Result<(Self, Vec<Arc<Recorded>>), Error> {
        let mut missed = Vec::new();
        let log = store.read();
        // For good: what is decided on this is not overtaken by an append that was given up.
        let Some(head) = store.settled_head(id).await? else {
            if log.page(id, 0, 1).await?.is_empty() {
                return Ok((Self::unborn(), missed));
            }
            let problem = "there are records, and no head that can be read".to_owned();
            return Err(Error::Damaged { livechat: id.clone(), problem });
        };
        let snapshot = snapshot::recall(log, id).await?;
        // A snapshot beyond what was published would hide what has still to be.
        let usable = snapshot.filter(|loaded| {
            loaded.position <= head.position && published.is_none_or(|published| loaded.position <= published)
        });
        let mut loaded = usable.unwrap_or_else(Self::unborn);
        let mut tail = Tail { position: loaded.position, hash: loaded.hash };
        'log: loop {
            let page = log.page(id, loaded.position, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for stored in &page {
                // Records after the head that was read belong to another writer; the fence will tell.
                if stored.position > head.position {
                    break 'log;
                }
                let record = follow(&mut tail, stored)?;
                loaded.apply(&record)?;
                if published.is_some_and(|published| record.position > published) {
                    missed.push(Arc::new(record));
                }
            }
        }
        if loaded.position != head.position {
            return Err(Error::Damaged {
                livechat: id.clone(),
                problem: format!("the log ends at {} and its head says {}", loaded.position, head.position),
            });
        }
        if tail.hash != head.hash {
            let problem = format!("record {} has another hash than the head", head.position);
            return Err(Error::Damaged { livechat: id.clone(), problem });
        }
        let folded = usize::try_from(head.position - loaded.snapshot_at).unwrap_or(usize::MAX);
        metrics::histogram!("journal_loaded_events").record(figure(folded));
        loaded.hash = head.hash;
        loaded.fate.made_durable(head.position);
        let outlook = Outlook::of(&loaded.livechat);
        if outlook != head.outlook {
            // Imported, or written by code that knew other timers.
            store.foresee(id, head.position, outlook).await?;
        }
        Ok((loaded, missed))
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
        !self.fate.is_broken() && self.fate.durable() >= self.position
    }

    fn apply(&mut self, record: &Recorded) -> Result<(), Error> {
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
}
