//! For operators of the server: how far behind are the projections ([`status`](status())), are they right
//! ([`verify`](verify())), rebuild them in the other slot ([`rebuild`](rebuild())), make that one active
//! ([`swap`](swap())), and retry what could not be stored ([`retry`]).
//!
//! Everything here reads the log itself and needs no server, and no server is disturbed: a running one goes on writing
//! and projecting, and switches slots when it sees that the other one has become active.
//!
//! Invariant: the active slot is never emptied, and a slot never becomes active that lacks anything that could be read
//! before.

mod compare;
mod open;
mod rebuild;
mod status;
mod swap;
mod verify;

use std::sync::Arc;
use std::time::Duration;

use domain::LivechatId;
use journal::Position;

use crate::database::{Database, active_slot};
use crate::error::Error;
use crate::event_source::EventSource;
use crate::queries::Queries;
use crate::runner::Runner;
use crate::slot::Slot;
use crate::subscription::{BATCH_EVENTS, Coordination, Parked, Subscriber, all_parked, release_parked};

pub use compare::Mismatch;
pub use rebuild::{Rebuilt, rebuild};
pub use status::{Behind, SlotStatus, Status, status};
pub use swap::{Swapped, swap};
pub use verify::{Verified, verify};

/// Called now and then with how many events are done, and of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// How often progress is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// Queries over the active slot as it is: nothing is brought up to date.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Foreign`] when there is nothing that this program could read; the database.
pub async fn open_read_only(url: &str) -> Result<Queries, Error> {
    let slot = existing_active_slot(url).await?;
    Ok(Queries::new(Database::open_fitting(url, slot).await?))
}

/// The livechats that are parked in the active slot.
///
/// # Errors
/// The database, or no slot at all.
pub async fn parked(url: &str) -> Result<Vec<Parked>, Error> {
    let database = open_active(url).await?;
    let parked = all_parked(&mut database.read().await?).await;
    database.close().await;
    parked
}

/// Has one parked livechat retried, or all. A running server does so within seconds, otherwise the next start
/// does. Returns how many.
///
/// # Errors
/// The database, or no slot at all.
pub async fn retry(url: &str, only: Option<&LivechatId>) -> Result<usize, Error> {
    let database = open_active(url).await?;
    let released = release_parked(&database, only).await;
    database.close().await;
    released
}

async fn open_active(url: &str) -> Result<Database, Error> {
    let slot = existing_active_slot(url).await?;
    Database::existing(url, slot).await?.ok_or(Error::Missing(slot))
}

/// The active slot, which exists.
///
/// # Errors
/// [`Error::Missing`], or [`Error::Inactive`] when only the other one exists, as after `rebuild` on a log that no
/// server has served.
async fn existing_active_slot(url: &str) -> Result<Slot, Error> {
    let slot = active_slot(url).await?.slot;
    if exists(url, slot).await? {
        return Ok(slot);
    }
    let existing = slot.other();
    Err(if exists(url, existing).await? {
        Error::Inactive { missing: slot, existing }
    } else {
        Error::Missing(slot)
    })
}

async fn exists(url: &str, slot: Slot) -> Result<bool, Error> {
    match Database::existing(url, slot).await? {
        Some(database) => {
            database.close().await;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Brings an inactive slot up to the heads of the log, while others go on writing.
async fn catch_up(
    database: &Database,
    log: &Arc<impl EventSource + 'static>,
    progress: Progress<'_>,
) -> Result<(), Error> {
    let coordination = Coordination::default();
    let subscriber = Subscriber::background(log.clone(), Runner::new(database.clone()), &coordination);
    let all: Position = log.heads().await.map_err(Error::Log)?.iter().map(|(_, head)| head).sum();
    let done = || {
        let mut done = 0;
        database.progress.for_each(|_, position| done += position);
        done
    };
    let up_to_the_heads = async {
        // Less is written meanwhile each time; the server projects the rest after the swap.
        while subscriber.catch_up().await > BATCH_EVENTS as Position {}
        subscriber.delete_stale_parked().await;
    };
    tokio::pin!(up_to_the_heads);
    let mut ticks = tokio::time::interval(PROGRESS_INTERVAL);
    loop {
        tokio::select! {
            () = &mut up_to_the_heads => break,
            _ = ticks.tick() => {
                let done = done();
                progress(done, all.max(done));
            }
        }
    }
    Ok(())
}
