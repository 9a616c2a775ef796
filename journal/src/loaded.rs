//! A livechat in memory: its state, and how far its log goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::{Livechat, LivechatId};

use crate::entry::{GENESIS, Hash};
use crate::error::Error;
use crate::receipts::Receipts;
use crate::recorded::{Position, Recorded};
use crate::store::Store;
use crate::upcast::decode;

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
}

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
    /// Folds the whole log of a livechat. Tells also which of its records come after `published`, the
    /// last position that was published; none when nothing of it was ever followed here.
    pub(crate) async fn from_log(
        store: &dyn Store,
        id: &LivechatId,
        published: Option<Position>,
    ) -> Result<(Self, Vec<Arc<Recorded>>), Error> {
        let mut missed = Vec::new();
        let mut loaded = Self {
            livechat: Livechat::default(),
            position: 0,
            hash: GENESIS,
            receipts: Receipts::default(),
            fate: Arc::default(),
        };
        let Some(head) = store.head(id).await? else { return Ok((loaded, missed)) };
        for stored in store.load(id, 0).await? {
            let record = decode(stored)?;
            // Records after the head that was read belong to another writer; the fence will tell.
            if record.position > head.position {
                break;
            }
            loaded.apply(&record)?;
            if published.is_some_and(|published| record.position > published) {
                missed.push(Arc::new(record));
            }
        }
        if loaded.position != head.position {
            return Err(Error::Damaged {
                livechat: id.clone(),
                problem: format!("the log ends at {} and its head says {}", loaded.position, head.position),
            });
        }
        loaded.hash = head.hash;
        loaded.fate.made_durable(head.position);
        Ok((loaded, missed))
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
