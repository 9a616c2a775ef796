//! Makes the other slot active. A second swap is the way back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::catch_up::{Progress, catch_up};
use crate::database::{Claim, Database, SlotPointer};
use crate::error::Error;
use crate::event_source::EventSource;
use crate::runner::checkpoint;
use crate::slot::{Location, Slot};
use crate::subscription::{Parked, all_parked};

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Swapped {
    /// The slot that was active.
    pub from: Slot,
    /// The slot that is active from now on.
    pub to: Slot,
    /// What is parked there.
    pub parked: Vec<Parked>,
}

/// Brings the inactive slot up to the heads, makes sure that it lacks nothing that can be read, and makes it
/// active. Running servers switch within about a second; `program` is the version of the program that swaps.
///
/// # Errors
/// [`Error::Missing`] when there is no other slot, [`Error::OtherVersion`] when it is of another version,
/// [`Error::Behind`] when it lacks something, [`Error::Busy`] when it is being rebuilt; the database; the log.
pub async fn swap(
    url: &str,
    log: &Arc<impl EventSource + 'static>,
    program: &str,
    progress: Progress<'_>,
) -> Result<Swapped, Error> {
    let pointer = SlotPointer::new(url)?;
    let from = pointer.read().await?.slot;
    let to = from.other();
    let claim = Claim::shared(url, Location::Slot(to)).await?;
    let next = Database::open_fitting(url, to).await?;
    // In this order: the rows are never ahead of the log. A slot that no server has created yet has no readers, so the
    // next one cannot lack anything they have seen.
    let read = match Database::existing(url, from).await? {
        Some(database) => {
            let read = checkpoint::all(&mut database.read().await?).await?;
            database.close().await;
            read
        }
        None => BTreeMap::new(),
    };
    catch_up(&next, log, progress).await?;
    next.create_deferred_indexes().await?;
    catch_up(&next, log, progress).await?;
    let mut transaction = next.read().await?;
    let reached = checkpoint::all(&mut transaction).await?;
    let parked = all_parked(&mut transaction).await?;
    drop(transaction);
    next.close().await;
    checkpoint::ensure_complete(to, &reached, &read)?;
    pointer.set(to, log.now(), program).await?;
    pointer.close().await;
    drop(claim);
    Ok(Swapped { from, to, parked })
}
