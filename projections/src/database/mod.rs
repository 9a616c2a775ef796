//! The database of the projections: its own SQLite file, or the schema `projections` of the
//! PostgreSQL database that holds the log; and the same again for the green slot (see [`Slot`]).
//!
//! One writer serves every table: the values of a row are encoded once for everything that is done with them, by the
//! names of its fields (`row_buffer.rs`, `encoder.rs`), and decoded in the same way (`stored.rs`, `decoder.rs`). A
//! batch costs a few statements per table, however many rows it has. What the two databases write differently is in
//! `dialect.rs`, what else differs in `sqlite.rs` and `postgres.rs`. The statements of a table are in `statements.rs` and
//! run in `write.rs` and `bulk_insert.rs`; queries are composed in `select.rs` and `statement.rs`.
//!
//! Everything here can be computed again from the log, so a commit need not reach the disk at once:
//! after a power cut rows and checkpoint are a little older, together, and the runner goes on from there.
//!
//! Invariant: nothing here knows what a table is about.

mod argument;
mod bulk_insert;
mod column_values;
mod decoder;
mod dialect;
mod encoder;
mod indexes;
mod open_slot;
mod pages;
mod postgres;
mod query;
mod row_buffer;
mod select;
mod slot_pointer;
mod sqlite;
mod statement;
mod statements;
mod stored;
mod table;
mod transaction;
mod write;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::error::Error;
use crate::progress::Progress;
use crate::slot::{Location, Slot};

use open_slot::{Connection, OpenSlot};

pub(crate) use argument::Argument;
pub(crate) use bulk_insert::BulkInsert;
pub(crate) use dialect::Dialect;
pub(crate) use open_slot::Claim;
pub use pages::PAGE_ROWS;
pub(crate) use pages::Span;
pub(crate) use row_buffer::Rows;
pub(crate) use select::Select;
pub(crate) use slot_pointer::{SlotPointer, active_slot};
pub(crate) use statement::Statement;
pub(crate) use stored::Stored;
pub use table::{Column, Kind, Table};
pub(crate) use transaction::Transaction;

/// A database that holds projections: reads and writes go to its current slot. Cheap to clone; all clones move to
/// another slot together.
#[derive(Clone, Debug)]
pub struct Database {
    current: Arc<RwLock<Arc<OpenSlot>>>,
    pub(crate) pointer: SlotPointer,
    pub(crate) progress: Arc<Progress>,
}

/// How often a slot that was left is checked for readers.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);

impl Database {
    /// Opens a slot, active or not, and brings its tables up to date.
    pub(crate) async fn at(url: &str, location: Location) -> Result<Self, Error> {
        Ok(Self::of(OpenSlot::open(url, location).await?, SlotPointer::new(url)?))
    }

    /// Opens a slot as it is; nothing when it does not exist.
    pub(crate) async fn existing(url: &str, slot: Slot) -> Result<Option<Self>, Error> {
        let pointer = SlotPointer::new(url)?;
        Ok(OpenSlot::existing(url, Location::Slot(slot)).await?.map(|slot| Self::of(slot, pointer)))
    }

    fn of(slot: OpenSlot, pointer: SlotPointer) -> Self {
        Self { current: Arc::new(RwLock::new(Arc::new(slot))), pointer, progress: Arc::default() }
    }

    fn open_slot(&self) -> Arc<OpenSlot> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.open_slot().url().to_owned()
    }

    /// The current slot; nothing when it is neither of the two.
    pub fn slot(&self) -> Option<Slot> {
        match self.location() {
            Location::Slot(slot) => Some(slot),
            Location::Scratch => None,
        }
    }

    /// Where the rows are.
    pub(crate) fn location(&self) -> Location {
        self.open_slot().location()
    }

    /// Which opening of a slot is read now: results computed from the rows of another one are not valid here.
    pub(crate) fn generation(&self) -> u64 {
        self.open_slot().generation()
    }

    /// Are its tables those that this program knows?
    pub(crate) async fn has_known_tables(&self) -> Result<bool, Error> {
        self.open_slot().has_known_tables().await
    }

    /// Drops the indexes of this slot, which nobody reads yet, to be created later.
    pub(crate) async fn defer_indexes(&self) -> Result<(), Error> {
        self.open_slot().defer_indexes().await
    }

    /// Creates the indexes that were deferred, before anybody reads this slot.
    pub(crate) async fn create_deferred_indexes(&self) -> Result<(), Error> {
        self.open_slot().create_deferred_indexes().await
    }

    /// Moves to the slot of another database, together with all clones. Reads under way finish where they are;
    /// then the slot that was left is closed.
    pub(crate) fn adopt(&self, next: &Self) {
        let next = next.open_slot();
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let left = std::mem::replace(&mut *current, next);
        drop(current);
        tokio::spawn(async move {
            // A reader may hold it and not yet have a connection.
            while Arc::strong_count(&left) > 1 {
                tokio::time::sleep(CHECK_INTERVAL).await;
            }
            left.close().await;
        });
    }

    /// Closes every connection, after the statements under way.
    pub async fn close(&self) {
        self.open_slot().close().await;
        self.pointer.close().await;
    }

    /// A connection whose loss shows that the database crashed.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        self.open_slot().connection().await
    }

    /// A transaction that writes.
    pub(crate) async fn write(&self) -> Result<Transaction, Error> {
        self.open_slot().write().await
    }

    /// How many can usefully write at once.
    pub(crate) fn writers(&self) -> usize {
        self.open_slot().writers()
    }

    /// A transaction in which all reads see the same snapshot.
    pub(crate) async fn read(&self) -> Result<Transaction, Error> {
        self.open_slot().read().await
    }
}
