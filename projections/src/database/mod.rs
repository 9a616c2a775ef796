//! The database of the projections: its own SQLite file, or the schema `projections` of the
//! PostgreSQL database that holds the log; and the same again in green beside it (see [`Colour`]).
//!
//! One writer serves every table: the values of a row are encoded once for all that is done with them, by the
//! names of its fields (`columns.rs`, `encoder.rs`), and decoded in the same way (`stored.rs`, `decoder.rs`). A
//! batch costs a few statements per table whatever the number of rows. What differs between the two databases is in `sqlite.rs` and
//! `postgres.rs`; the statements built from it are in `statements.rs`, and what runs them in `write.rs` and
//! `insertion.rs`.
//!
//! Everything here can be computed again from the log, so a commit need not reach the disk at once:
//! after a power cut rows and checkpoint are a little older, together, and the runner goes on from there.

mod columns;
mod decoder;
mod encoder;
mod indexes;
mod insertion;
mod pages;
mod place;
mod pointer;
mod postgres;
mod select;
mod sqlite;
mod statement;
mod statements;
mod stored;
mod write;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::LivechatId;
use futures::TryStreamExt;
use journal::Position;
use serde::de::DeserializeOwned;
use sqlx::{Postgres, Sqlite};

use crate::analytics;
use crate::colour::{Colour, Spot};
use crate::error::Error;
use crate::figures::today::Days;
use crate::progress::Progress;
use crate::runner::checkpoint;

use place::{Connection, Kind, Place};

pub(crate) use columns::Rows;
pub(crate) use insertion::Insertion;
pub(crate) use pages::Span;
pub(crate) use place::Claim;
pub(crate) use pointer::Pointer;
pub(crate) use select::Select;
pub(crate) use statement::Statement;
pub(crate) use statements::Dialect;
use stored::Native;
pub(crate) use stored::Stored;

/// A database that holds projections: whoever holds it reads and writes the place that is read now. Cheap to
/// clone; all clones move to another place together.
#[derive(Clone, Debug)]
pub struct Database {
    active: Arc<RwLock<Arc<Place>>>,
    pub(crate) pointer: Pointer,
    pub(crate) progress: Arc<Progress>,
    pub(crate) days: Arc<Days>,
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

/// How often is looked whether the last reader of a place has gone.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Database {
    /// Opens the place that is read (see [`Colour`]) of `sqlite://FILE` (made if missing) or `postgres://…`
    /// (schema `projections`) and brings its tables up to date. Rows of an older version of the folds are
    /// deleted, to be computed again.
    ///
    /// # Errors
    /// A database that cannot be reached, or an address of another kind.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let pointer = Pointer::new(url)?;
        pointer.make().await?;
        let colour = pointer.read().await?.colour;
        let database = Self::of(Place::open(url, Spot::Colour(colour)).await?, pointer);
        checkpoint::forget_older(&database).await?;
        database.make_indexes().await?;
        analytics::install_or_tell(&database).await;
        Ok(database)
    }

    /// Opens one place, whichever is read, and brings its tables up to date.
    pub(crate) async fn at(url: &str, spot: Spot) -> Result<Self, Error> {
        Ok(Self::of(Place::open(url, spot).await?, Pointer::new(url)?))
    }

    /// Opens one place as it is; nothing when there is none.
    pub(crate) async fn existing(url: &str, colour: Colour) -> Result<Option<Self>, Error> {
        let pointer = Pointer::new(url)?;
        Ok(Place::existing(url, Spot::Colour(colour)).await?.map(|place| Self::of(place, pointer)))
    }

    fn of(place: Place, pointer: Pointer) -> Self {
        Self {
            active: Arc::new(RwLock::new(Arc::new(place))),
            pointer,
            progress: Arc::default(),
            days: Arc::default(),
        }
    }

    /// The logs end at `heads`: until the rows of a livechat are there, nothing is read of it. To be said before anybody
    /// asks.
    ///
    /// # Errors
    /// The database.
    pub async fn expect(&self, heads: Vec<(LivechatId, Position)>) -> Result<(), Error> {
        let reached = checkpoint::all(&mut self.read().await?).await?;
        self.progress.expect(heads, &reached);
        Ok(())
    }

    fn place(&self) -> Arc<Place> {
        self.active.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.place().url().to_owned()
    }

    /// The place that is read; nothing when it is none of the two.
    pub fn colour(&self) -> Option<Colour> {
        match self.spot() {
            Spot::Colour(colour) => Some(colour),
            Spot::Scratch => None,
        }
    }

    /// Where it stands.
    pub(crate) fn spot(&self) -> Spot {
        self.place().spot()
    }

    /// Are its tables those that this program knows?
    pub(crate) async fn has_known_tables(&self) -> Result<bool, Error> {
        self.place().has_known_tables().await
    }

    /// Leaves the indexes of this place, which nobody reads yet, for later.
    pub(crate) async fn put_off_indexes(&self) -> Result<(), Error> {
        self.place().put_off_indexes().await
    }

    /// Makes the indexes that were left for later: before anybody reads this place.
    pub(crate) async fn make_indexes(&self) -> Result<(), Error> {
        self.place().make_indexes().await
    }

    /// Moves to the place of another one, together with all clones. Whoever is reading finishes where he is;
    /// then the place that was left is closed.
    pub(crate) fn adopt(&self, next: &Self) {
        let place = next.place();
        let mut active = self.active.write().unwrap_or_else(PoisonError::into_inner);
        let left = std::mem::replace(&mut *active, place);
        drop(active);
        // Counted from other rows.
        self.days.forget();
        tokio::spawn(async move {
            // Somebody may have taken it and not yet have a connection.
            while Arc::strong_count(&left) > 1 {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            left.close().await;
        });
    }

    /// Closes every connection, after the statements under way.
    pub async fn close(&self) {
        self.place().close().await;
        self.pointer.close().await;
    }

    /// A connection that is there to be lost when the database crashes.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        self.place().connection().await
    }

    /// A transaction that writes.
    pub(crate) async fn write(&self) -> Result<Transaction, Error> {
        self.place().write().await
    }

    /// How many may write at once to some purpose.
    pub(crate) fn writers(&self) -> usize {
        self.place().writers()
    }

    /// A transaction in which everything read is of the same moment.
    pub(crate) async fn read(&self) -> Result<Transaction, Error> {
        self.place().read().await
    }
}

/// Is this what a database answers to content that it will never take?
pub(crate) fn refuses_content(code: &str) -> bool {
    // PostgreSQL codes have five characters, SQLite's are numbers of at most four digits.
    if code.len() == 5 { postgres::refuses_content(code) } else { sqlite::refuses_content(code) }
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
    pub(crate) async fn each<R: DeserializeOwned>(
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

/// Bytes of rows that are decoded where they were read: beyond it, it takes more than a moment.
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
