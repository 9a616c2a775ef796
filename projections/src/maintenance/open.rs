//! Opens databases of projections.

use domain::LivechatId;
use journal::Position;

use crate::analytics;
use crate::database::{Database, Rows, SlotPointer, active_slot};
use crate::error::Error;
use crate::runner::checkpoint::{self, VERSION};
use crate::runner::tables::Tables;
use crate::slot::{Location, Slot};

impl Database {
    /// Opens the active slot (see [`Slot`]) of `sqlite://FILE` (created if missing) or `postgres://…`
    /// (schema `projections`) and brings its tables up to date. Rows of an older version of the folds are
    /// deleted, to be computed again.
    ///
    /// # Errors
    /// A database that cannot be reached, or an address of another kind.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let pointer = SlotPointer::new(url)?;
        pointer.create().await?;
        let slot = pointer.read().await?.slot;
        pointer.close().await;
        let database = Self::at(url, Location::Slot(slot)).await?;
        delete_older(&database).await?;
        database.create_deferred_indexes().await?;
        analytics::install_or_log(&database).await;
        Ok(database)
    }

    /// Opens a slot that exists, if this program could go on with it.
    pub(crate) async fn open_fitting(url: &str, slot: Slot) -> Result<Self, Error> {
        let database = Self::existing(url, slot).await?.ok_or(Error::Missing(slot))?;
        let found = if database.has_known_tables().await? {
            let versions = checkpoint::versions(&mut database.read().await?).await?;
            versions
                .into_iter()
                .find(|version| *version != VERSION)
                .map(|other| format!("rows of version {other}"))
        } else {
            Some("the tables of another version".to_owned())
        };
        match found {
            None => Ok(database),
            Some(found) => {
                database.close().await;
                Err(Error::OtherVersion { slot, expected: VERSION, found })
            }
        }
    }

    /// The logs end at `heads`: until the rows of a livechat have reached that, reads of it are refused. To be called
    /// before the first query.
    ///
    /// # Errors
    /// The database.
    pub async fn expect(&self, heads: Vec<(LivechatId, Position)>) -> Result<(), Error> {
        let reached = checkpoint::all(&mut self.read().await?).await?;
        self.progress.expect(heads, &reached);
        Ok(())
    }
}

/// Deletes rows and checkpoint of every livechat that an older version of the folds has computed, so that
/// it is computed again from its first event. All in one transaction: either all is there or nothing is.
async fn delete_older(database: &Database) -> Result<(), Error> {
    let mut transaction = database.write().await?;
    let older = checkpoint::older(&mut transaction).await?;
    if older.is_empty() {
        return Ok(());
    }
    tracing::info!(livechats = older.len(), "rows of an older version are deleted and computed again");
    Tables::delete(&mut transaction, &older).await?;
    transaction.delete(Rows::keys(checkpoint::TABLE).with(&older)?).await?;
    transaction.commit().await
}

pub(super) async fn open_active(url: &str) -> Result<Database, Error> {
    let slot = existing_active_slot(url).await?;
    Database::existing(url, slot).await?.ok_or(Error::Missing(slot))
}

/// The active slot, which exists.
///
/// # Errors
/// [`Error::Missing`], or [`Error::Inactive`] when only the other one exists, as after `rebuild` on a log that no
/// server has served.
pub(super) async fn existing_active_slot(url: &str) -> Result<Slot, Error> {
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
