//! Builds the place that is not read anew, from the first event of every log.

use std::sync::Arc;

use serde::Serialize;

use super::{Progress, catch_up, spot};
use crate::colour::Colour;
use crate::database::{Claim, Database, Pointer};
use crate::error::Error;
use crate::log::Log;
use crate::parked::{self, Parked};
use crate::runner::checkpoint;

/// What was built.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rebuilt {
    /// Where.
    pub colour: Colour,
    /// How many livechats.
    pub livechats: usize,
    /// How many events they have in all.
    pub events: u64,
    /// What could not be stored.
    pub parked: Vec<Parked>,
}

/// Empties the place that is not read and computes it from the log, up to the heads: all rows, then their
/// indexes. Interrupted, it may be repeated, or gone on with by [`swap`](super::swap()).
///
/// # Errors
/// [`Error::Busy`] when a server still uses that place or somebody else builds it; the database; the log.
pub async fn rebuild(
    url: &str,
    log: &Arc<impl Log + 'static>,
    progress: Progress<'_>,
) -> Result<Rebuilt, Error> {
    let pointer = Pointer::new(url)?;
    pointer.make().await?;
    let colour = pointer.read().await?.colour.other();
    let claim = Claim::alone(url, spot(colour)).await?;
    // Nobody swaps from here on: that takes the same claim.
    let read = pointer.read().await?.colour;
    pointer.close().await;
    if read == colour {
        return Err(Error::Busy(colour.to_string()));
    }
    claim.wipe(url, spot(colour)).await?;
    let database = Database::at(url, spot(colour)).await?;
    database.put_off_indexes().await?;
    catch_up(&database, log, progress).await?;
    database.make_indexes().await?;
    // What was written meanwhile.
    catch_up(&database, log, progress).await?;
    let mut transaction = database.read().await?;
    let checkpoints = checkpoint::all(&mut transaction).await?;
    let parked = parked::all(&mut transaction).await?;
    drop(transaction);
    database.close().await;
    drop(claim);
    Ok(Rebuilt { colour, livechats: checkpoints.len(), events: checkpoints.values().sum(), parked })
}
