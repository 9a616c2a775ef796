//! A batch of events becomes rows and a checkpoint, in one transaction: exactly once, or not at all.
//!
//! An event at or before the checkpoint is skipped, so a second delivery changes nothing; an event
//! beyond the next one is a hole and nothing at all is written.

pub(crate) mod checkpoint;
pub(crate) mod table_batch;
pub(crate) mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::LivechatId;
use journal::{Position, Record};

use crate::database::{Database, Transaction};
use crate::error::Error;
use tables::Tables;

pub use checkpoint::VERSION;

/// Applies batches; those of one livechat one after the other.
#[derive(Debug)]
pub struct Runner {
    database: Database,
}

impl Runner {
    /// A runner that writes to this database.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    /// How far each livechat is projected.
    ///
    /// # Errors
    /// The database.
    pub async fn checkpoints(&self) -> Result<BTreeMap<LivechatId, Position>, Error> {
        checkpoint::all(&mut self.database.read().await?).await
    }

    /// Folds a batch into rows and moves the checkpoints. Each livechat's events come in their order;
    /// livechats may be mixed. Returns the new position of each livechat that had a new event.
    ///
    /// # Errors
    /// A hole, an event or a row that cannot be stored, the database. Nothing is written then.
    pub async fn apply(&self, batch: &[Arc<Record>]) -> Result<BTreeMap<LivechatId, Position>, Error> {
        match self.write(batch).await? {
            Some(written) => written.commit().await,
            None => Ok(BTreeMap::new()),
        }
    }

    /// The first half of [`Runner::apply`]; nothing when no event of the batch is new.
    ///
    /// # Errors
    /// As [`Runner::apply`].
    pub async fn write(&self, batch: &[Arc<Record>]) -> Result<Option<Written>, Error> {
        let livechats: BTreeSet<&LivechatId> = batch.iter().map(|event| &event.livechat).collect();
        if livechats.is_empty() {
            return Ok(None);
        }
        let mut transaction = self.database.write().await?;
        let before = checkpoint::claim(&mut transaction, &livechats).await?;
        let (events, after) = fresh(batch, &before)?;
        if events.is_empty() {
            return Ok(None);
        }
        Tables::apply(&mut transaction, &events).await?;
        checkpoint::store(&mut transaction, &after).await?;
        Ok(Some(Written { database: self.database.clone(), transaction, reached: after }))
    }
}

/// The events of the batch after the checkpoints, and the checkpoints they lead to.
fn fresh<'a>(
    batch: &'a [Arc<Record>],
    before: &BTreeMap<LivechatId, Position>,
) -> Result<(Vec<&'a Record>, BTreeMap<LivechatId, Position>), Error> {
    let mut events = Vec::with_capacity(batch.len());
    let mut after = BTreeMap::new();
    for event in batch {
        let livechat = &event.livechat;
        let reached = after.get(livechat).or_else(|| before.get(livechat)).copied().unwrap_or_default();
        if event.position <= reached {
            continue;
        }
        if event.position != reached + 1 {
            return Err(Error::Hole {
                livechat: livechat.clone(),
                expected: reached + 1,
                found: event.position,
            });
        }
        after.insert(livechat.clone(), event.position);
        events.push(&**event);
    }
    Ok((events, after))
}

/// A batch that is written and that nobody sees yet. Dropped without [`Written::commit`], it never
/// happened: that is what a crash does.
#[derive(Debug)]
pub struct Written {
    database: Database,
    transaction: Transaction,
    reached: BTreeMap<LivechatId, Position>,
}

impl Written {
    /// Makes rows and checkpoints visible together.
    ///
    /// # Errors
    /// The database. Whether the batch was written is then unknown; applying it again is always right.
    pub async fn commit(self) -> Result<BTreeMap<LivechatId, Position>, Error> {
        self.transaction.commit().await?;
        for (livechat, position) in &self.reached {
            self.database.progress.moved(livechat, *position);
        }
        Ok(self.reached)
    }
}
