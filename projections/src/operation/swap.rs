//! Has the other place read. The same again is the way back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Progress, catch_up, complete, open_fitting, spot};
use crate::colour::Colour;
use crate::database::{Claim, Database, Pointer};
use crate::error::Error;
use crate::log::Log;
use crate::parked::{self, Parked};
use crate::runner::checkpoint;

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Swapped {
    /// The place that was read.
    pub from: Colour,
    /// The place that is read from now on.
    pub to: Colour,
    /// What is parked there.
    pub parked: Vec<Parked>,
}

/// Brings the place that is not read up to the heads, makes sure that it lacks nothing that can be read, and
/// points to it. Servers that run move within about a second; `program` is the version of who did it.
///
/// # Errors
/// [`Error::Missing`] when there is no other place, [`Error::Foreign`] when it is of another version,
/// [`Error::Behind`] when it lacks something, [`Error::Busy`] when it is being built; the database; the log.
pub async fn swap(
    url: &str,
    log: &Arc<impl Log + 'static>,
    program: &str,
    progress: Progress<'_>,
) -> Result<Swapped, Error> {
    let pointer = Pointer::new(url)?;
    let from = pointer.read().await?.colour;
    let to = from.other();
    let claim = Claim::shared(url, spot(to)).await?;
    let next = open_fitting(url, to).await?;
    // In this order: what is read is never ahead of the log. From a place that no server has made yet nothing can be
    // read that the next one could lack.
    let read = match Database::existing(url, from).await? {
        Some(database) => {
            let read = checkpoint::all(&mut database.read().await?).await?;
            database.close().await;
            read
        }
        None => BTreeMap::new(),
    };
    catch_up(&next, log, progress).await?;
    next.make_indexes().await?;
    catch_up(&next, log, progress).await?;
    let mut transaction = next.read().await?;
    let reached = checkpoint::all(&mut transaction).await?;
    let parked = parked::all(&mut transaction).await?;
    drop(transaction);
    next.close().await;
    complete(to, &reached, &read)?;
    pointer.set(to, log.now(), program).await?;
    pointer.close().await;
    drop(claim);
    Ok(Swapped { from, to, parked })
}
