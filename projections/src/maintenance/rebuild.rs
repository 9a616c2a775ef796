//! Rebuilds the inactive slot, from the first event of every log.

use std::sync::Arc;

use serde::Serialize;

use super::catch_up::{Progress, catch_up};
use crate::database::{Claim, Database, SlotPointer};
use crate::error::Error;
use crate::event_source::EventSource;
use crate::runner::checkpoint;
use crate::slot::{Location, Slot};
use crate::subscription::{Parked, all_parked};

/// What was built.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rebuilt {
    /// Where.
    pub slot: Slot,
    /// How many livechats.
    pub livechats: usize,
    /// How many events they have in all.
    pub events: u64,
    /// What could not be stored.
    pub parked: Vec<Parked>,
}

/// Empties the inactive slot and computes it from the log, up to the heads: all rows, then their
/// indexes. When it is interrupted, it may be repeated, or continued by [`swap`](super::swap()).
///
/// # Errors
/// [`Error::Busy`] when a server still uses that slot or another process rebuilds it; the database; the log.
pub async fn rebuild(
    url: &str,
    log: &Arc<impl EventSource + 'static>,
    progress: Progress<'_>,
) -> Result<Rebuilt, Error> {
    let pointer = SlotPointer::new(url)?;
    pointer.create().await?;
    let slot = pointer.read().await?.slot.other();
    let location = Location::Slot(slot);
    let claim = Claim::exclusive(url, location).await?;
    // No swap is possible from here on: that takes the same claim.
    let active = pointer.read().await?.slot;
    pointer.close().await;
    if active == slot {
        return Err(Error::Busy(slot.to_string()));
    }
    claim.wipe(url, location).await?;
    let database = Database::at(url, location).await?;
    database.defer_indexes().await?;
    catch_up(&database, log, progress).await?;
    database.create_deferred_indexes().await?;
    // What was written meanwhile.
    catch_up(&database, log, progress).await?;
    let mut transaction = database.read().await?;
    let checkpoints = checkpoint::all(&mut transaction).await?;
    let parked = all_parked(&mut transaction).await?;
    drop(transaction);
    database.close().await;
    drop(claim);
    Ok(Rebuilt { slot, livechats: checkpoints.len(), events: checkpoints.values().sum(), parked })
}
