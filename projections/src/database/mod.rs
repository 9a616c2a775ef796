//! The database of the projections: its own SQLite file, or the schema `projections` of the
//! PostgreSQL database that holds the log; and the same again for the green slot (see [`Slot`]).
//!
//! One writer serves every table: the values of a row are encoded once for everything that is done with them, by the
//! names of its fields (`row_buffer.rs`, `encoder.rs`), and decoded in the same way (`stored.rs`, `decoder.rs`). A
//! batch costs a few statements per table, however many rows it has. What differs between the two databases is in
//! `sqlite.rs` and `postgres.rs`; the statements built from it are in `statements.rs`, and what runs them in `write.rs`
//! and `bulk_insert.rs`.
//!
//! Everything here can be computed again from the log, so a commit need not reach the disk at once:
//! after a power cut rows and checkpoint are a little older, together, and the runner goes on from there.
//!
//! Invariant: nothing here knows what a table is about.

mod bulk_insert;
mod decoder;
mod encoder;
mod indexes;
mod open_slot;
mod pages;
mod postgres;
mod row_buffer;
mod select;
mod slot_pointer;
mod sqlite;
mod statement;
mod statements;
mod stored;
mod write;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use sqlx::{Postgres, Sqlite};

use crate::error::Error;
use crate::progress::Progress;
use crate::slot::{Location, Slot};

use open_slot::{Connection, Kind, OpenSlot};
use stored::Native;

pub(crate) use bulk_insert::BulkInsert;
pub(crate) use open_slot::Claim;
pub(crate) use pages::Span;
pub(crate) use row_buffer::Rows;
pub(crate) use select::Select;
pub(crate) use slot_pointer::{SlotPointer, active_slot};
pub(crate) use statement::Statement;
pub(crate) use statements::Dialect;
pub(crate) use stored::Stored;

/// A database that holds projections: reads and writes go to its current slot. Cheap to clone; all clones move to
/// another slot together.
#[derive(Clone, Debug)]
pub struct Database {
    current: Arc<RwLock<Arc<OpenSlot>>>,
    pub(crate) pointer: SlotPointer,
    pub(crate) progress: Arc<Progress>,
}

/// Which database is this the address of?
fn kind(url: &str) -> Result<Kind, Error> {
    if url.starts_with("sqlite:") {
        Ok(Kind::Sqlite)
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Kind::Postgres)
    } else {
        Err(Error::Address)
    }
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

    /// Which opening of a slot is read now: what was computed from the rows of another one does not hold here.
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

    /// A connection that is there to be lost when the database crashes.
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

    /// A transaction in which everything read is as of the same time.
    pub(crate) async fn read(&self) -> Result<Transaction, Error> {
        self.open_slot().read().await
    }
}

/// A transaction; dropped without [`Transaction::commit`], it never happened.
#[derive(Debug)]
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// A value in a statement.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Text(String),
    Integer(i64),
}

/// A query with its arguments, whichever database it is for.
macro_rules! bind {
    ($query:expr, $arguments:expr) => {{
        let mut query = $query;
        for argument in $arguments {
            query = match argument {
                Argument::Text(text) => query.bind(text),
                Argument::Integer(integer) => query.bind(integer),
            };
        }
        query
    }};
}

impl Transaction {
    pub(crate) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => sqlite::DIALECT,
            Self::Postgres(_) => postgres::DIALECT,
        }
    }

    /// The rows that a query finds.
    pub(crate) async fn select<R: DeserializeOwned>(&mut self, select: Select) -> Result<Vec<R>, Error> {
        self.rows_of(select, usize::MAX, usize::MAX).await.map(|(rows, _)| rows)
    }

    /// The first `limit` rows that a query finds, or fewer where they are long: none is read any more once there are
    /// [`PAGE_BYTES`]. Tells whether there are more.
    pub(crate) async fn page<R: DeserializeOwned>(
        &mut self,
        select: Select,
        limit: usize,
    ) -> Result<(Vec<R>, bool), Error> {
        self.rows_of(select.limit(limit + 1), limit, PAGE_BYTES).await
    }

    /// The rows that a query finds, until there are so many or they are so long; and whether there are more.
    async fn rows_of<R: DeserializeOwned>(
        &mut self,
        select: Select,
        rows_max: usize,
        bytes_max: usize,
    ) -> Result<(Vec<R>, bool), Error> {
        let table = select.table;
        let sql = select.sql(self.dialect());
        let (mut bytes, mut count, mut more) = (0, 0, false);
        macro_rules! rows {
            ($transaction:expr, $bytes:path) => {{
                let mut found = bind!(sqlx::query(&sql), select.arguments).fetch(&mut **$transaction);
                let mut rows = vec![];
                while let Some(row) = found.try_next().await? {
                    if count == rows_max || bytes >= bytes_max {
                        more = true;
                        break;
                    }
                    bytes += $bytes(table, &row)?;
                    count += 1;
                    rows.push(row);
                }
                rows
            }};
        }
        let rows = match self {
            Self::Sqlite(transaction) => Native::Sqlite(rows!(transaction, stored::sqlite_bytes)),
            Self::Postgres(transaction) => Native::Postgres(rows!(transaction, stored::postgres_bytes)),
        };
        let stored = Stored::new(table, rows);
        let is_long = count > ROWS_IN_A_ROW as usize || bytes > SHORT_BYTES;
        let rows = if is_long { journal::block_in_place(|| stored.decode()) } else { stored.decode() };
        Ok((rows?, more))
    }

    /// Hands over the rows that a query finds, one by one as they arrive: a year of them takes no more memory
    /// than what is kept of them.
    pub(crate) async fn for_each<R: DeserializeOwned>(
        &mut self,
        select: Select,
        mut take: impl FnMut(R),
    ) -> Result<(), Error> {
        let table = select.table;
        let sql = select.sql(self.dialect());
        match self {
            Self::Sqlite(transaction) => {
                let mut rows = bind!(sqlx::query(&sql), select.arguments).fetch(&mut **transaction);
                let mut taken = 0_u32;
                while let Some(row) = rows.try_next().await? {
                    take(stored::sqlite(table, &row)?);
                    give_way(&mut taken).await;
                }
            }
            Self::Postgres(transaction) => {
                let mut rows = bind!(sqlx::query(&sql), select.arguments).fetch(&mut **transaction);
                let mut taken = 0_u32;
                while let Some(row) = rows.try_next().await? {
                    take(stored::postgres(table, &row)?);
                    give_way(&mut taken).await;
                }
            }
        }
        Ok(())
    }

    /// How many rows a query finds.
    pub(crate) async fn count(&mut self, select: Select) -> Result<u64, Error> {
        let sql = select.count_sql(self.dialect());
        let count: i64 = match self {
            Self::Sqlite(transaction) => {
                bind!(sqlx::query_scalar(&sql), select.arguments).fetch_one(&mut **transaction).await?
            }
            Self::Postgres(transaction) => {
                bind!(sqlx::query_scalar(&sql), select.arguments).fetch_one(&mut **transaction).await?
            }
        };
        Ok(u64::try_from(count).unwrap_or_default())
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    /// What a query finds that has one column of text.
    async fn fetch(&mut self, sql: &str, arguments: Vec<Argument>) -> Result<Vec<String>, Error> {
        Ok(match self {
            Self::Sqlite(transaction) => {
                bind!(sqlx::query_scalar(sql), arguments).fetch_all(&mut **transaction).await?
            }
            Self::Postgres(transaction) => {
                bind!(sqlx::query_scalar(sql), arguments).fetch_all(&mut **transaction).await?
            }
        })
    }
}

/// Bytes of rows with which a page ends, however few they are; thousands of ordinary ones.
pub(crate) const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of rows that are decoded where they were read: beyond it, decoding takes more than an instant.
const SHORT_BYTES: usize = 128 * 1024;

/// Rows taken before others have their turn: a millisecond. A database that is faster than its reader would never
/// let one wait.
const ROWS_IN_A_ROW: u32 = 256;

async fn give_way(taken: &mut u32) {
    *taken += 1;
    if taken.is_multiple_of(ROWS_IN_A_ROW) {
        tokio::task::yield_now().await;
    }
}
