//! One slot, with the connections to it.

use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::PgConnection;
use sqlx::postgres::PgListener;

use super::dialect::Dialect;
use super::transaction::Transaction;
use super::{indexes, postgres, sqlite};
use crate::error::Error;
use crate::slot::Location;

/// A slot that is open.
#[derive(Debug)]
pub(crate) struct OpenSlot {
    url: String,
    location: Location,
    pools: Pools,
    /// Different for each that is opened.
    generation: u64,
}

#[derive(Debug)]
enum Pools {
    Sqlite { writer: sqlx::SqlitePool, readers: sqlx::SqlitePool },
    Postgres { writer: sqlx::PgPool, readers: sqlx::PgPool },
}

impl Pools {
    fn sqlite((writer, readers): (sqlx::SqlitePool, sqlx::SqlitePool)) -> Self {
        Self::Sqlite { writer, readers }
    }

    fn postgres((writer, readers): (sqlx::PgPool, sqlx::PgPool)) -> Self {
        Self::Postgres { writer, readers }
    }
}

impl OpenSlot {
    /// Opens a slot, created if missing, and brings its tables up to date.
    pub(super) async fn open(url: &str, location: Location) -> Result<Self, Error> {
        let pools = match Dialect::of(url)? {
            Dialect::Sqlite => Pools::sqlite(sqlite::open(url, location).await?),
            Dialect::Postgres => Pools::postgres(postgres::open(url, location).await?),
        };
        Ok(Self::new(url, location, pools))
    }

    /// Opens a slot as it is; nothing when it does not exist.
    pub(super) async fn existing(url: &str, location: Location) -> Result<Option<Self>, Error> {
        let pools = match Dialect::of(url)? {
            Dialect::Sqlite => sqlite::existing(url, location).await?.map(Pools::sqlite),
            Dialect::Postgres => postgres::existing(url, location).await?.map(Pools::postgres),
        };
        Ok(pools.map(|pools| Self::new(url, location, pools)))
    }

    fn new(url: &str, location: Location, pools: Pools) -> Self {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let generation = OPENED.fetch_add(1, Ordering::Relaxed);
        Self { url: url.to_owned(), location, pools, generation }
    }

    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) const fn location(&self) -> Location {
        self.location
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Are the tables those that this program knows?
    pub(super) async fn has_known_tables(&self) -> Result<bool, Error> {
        const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
        let (applied, known): (Vec<i64>, _) = match &self.pools {
            Pools::Sqlite { readers, .. } => {
                (sqlx::query_scalar(APPLIED).fetch_all(readers).await?, sqlite::migrations())
            }
            Pools::Postgres { readers, .. } => {
                (sqlx::query_scalar(APPLIED).fetch_all(readers).await?, postgres::migrations())
            }
        };
        Ok(applied == known)
    }

    /// Drops the indexes until later (see [`indexes`]), where that is faster.
    pub(super) async fn defer_indexes(&self) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres { writer, .. } => indexes::defer(writer).await,
        }
    }

    /// Creates the deferred indexes.
    pub(super) async fn create_deferred_indexes(&self) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres { writer, .. } => indexes::create_deferred(writer).await,
        }
    }

    pub(super) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    pub(super) async fn connection(&self) -> Result<Connection, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { .. } => Connection::Sqlite(sqlite::claim(&self.url, self.location, true)?),
            Pools::Postgres { writer, .. } => {
                Connection::Postgres(Box::new(postgres::listen(writer, self.location).await?))
            }
        })
    }

    /// A transaction of PostgreSQL has a process to itself; SQLite has one writer.
    pub(super) const fn writers(&self) -> usize {
        match &self.pools {
            Pools::Sqlite { .. } => 1,
            Pools::Postgres { .. } => postgres::WRITERS_CATCHING_UP,
        }
    }

    pub(super) async fn write(&self) -> Result<Transaction, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => Transaction::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres { writer, .. } => Transaction::Postgres(writer.begin().await?),
        })
    }

    pub(super) async fn read(&self) -> Result<Transaction, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Transaction::Sqlite(readers.begin().await?),
            Pools::Postgres { readers, .. } => {
                Transaction::Postgres(readers.begin_with(postgres::BEGIN_SNAPSHOT).await?)
            }
        })
    }
}

/// A connection whose loss shows that the database crashed, and that keeps the slot from being emptied. SQLite is part of this process and does not crash without it.
pub(crate) enum Connection {
    Sqlite(std::fs::File),
    Postgres(Box<PgListener>),
}

impl Connection {
    /// Returns once the connection is lost.
    pub(crate) async fn ends(self) {
        match self {
            Self::Sqlite(_held) => std::future::pending().await,
            // No notification ever arrives on it.
            Self::Postgres(mut listener) => while let Ok(Some(_)) = listener.try_recv().await {},
        }
    }
}

/// A lock on a slot: no other process uses it ([`Claim::exclusive`]), or none empties it ([`Claim::shared`]).
#[derive(Debug)]
#[expect(dead_code, reason = "held until they are dropped")]
pub(crate) enum Claim {
    Sqlite(std::fs::File),
    Postgres(Box<PgConnection>),
}

impl Claim {
    /// Nobody else uses the slot.
    pub(crate) async fn exclusive(url: &str, location: Location) -> Result<Self, Error> {
        Self::of(url, location, false).await
    }

    /// Nobody empties the slot.
    pub(crate) async fn shared(url: &str, location: Location) -> Result<Self, Error> {
        Self::of(url, location, true).await
    }

    async fn of(url: &str, location: Location, shared: bool) -> Result<Self, Error> {
        Ok(match Dialect::of(url)? {
            Dialect::Sqlite => Self::Sqlite(sqlite::claim(url, location, shared)?),
            Dialect::Postgres => Self::Postgres(Box::new(postgres::claim(url, location, shared).await?)),
        })
    }

    /// Removes the slot; the claim has to be exclusive.
    pub(crate) async fn remove(self, url: &str, location: Location) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => sqlite::remove(url, location),
            Self::Postgres(_) => postgres::wipe(url, location).await,
        }
    }

    /// Empties the slot; the claim has to be exclusive.
    pub(crate) async fn wipe(&self, url: &str, location: Location) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => sqlite::wipe(url, location).await,
            Self::Postgres(_) => postgres::wipe(url, location).await,
        }
    }
}
