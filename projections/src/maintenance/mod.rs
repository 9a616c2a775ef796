//! For operators of the server: how far behind are the projections ([`status`](status())), are they right
//! ([`verify`](verify())), rebuild them in the other slot ([`rebuild`](rebuild())), make that one active
//! ([`swap`](swap())), and retry what could not be stored ([`retry`]).
//!
//! Everything here reads the log itself and needs no server, and no server is disturbed: a running one goes on writing
//! and projecting, and switches slots when it sees that the other one has become active.
//!
//! Invariant: the active slot is never emptied, and a slot that lacks anything readers may have seen never becomes
//! active.

mod catch_up;
mod compare;
mod open;
mod rebuild;
mod status;
mod swap;
mod verify;

use domain::LivechatId;

use crate::database::Database;
use crate::error::Error;
use crate::queries::Queries;
use crate::subscription::{Parked, all_parked, release_parked};
use open::{existing_active_slot, open_active};

pub use catch_up::Progress;
pub use compare::Mismatch;
pub use rebuild::{Rebuilt, rebuild};
pub use status::{Behind, SlotStatus, Status, status};
pub use swap::{Swapped, swap};
pub use verify::{Verified, verify};

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
