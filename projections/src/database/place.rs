//! One place where rows stand, with the connections to it.

use sqlx::PgConnection;
use sqlx::postgres::PgListener;

use super::{Transaction, indexes, kind, postgres, sqlite};
use crate::colour::Spot;
use crate::error::Error;

/// A place that is open.
#[derive(Debug)]
pub(crate) struct Place {
    url: String,
    spot: Spot,
    pools: Pools,
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

/// Which database an address is of.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

impl Place {
    /// Opens a place, made if missing, and brings its tables up to date.
    pub(super) async fn open(url: &str, spot: Spot) -> Result<Self, Error> {
        let pools = match kind(url)? {
            Kind::Sqlite => Pools::sqlite(sqlite::open(url, spot).await?),
            Kind::Postgres => Pools::postgres(postgres::open(url, spot).await?),
        };
        Ok(Self { url: url.to_owned(), spot, pools })
    }

    /// Opens a place as it is; nothing when there is none.
    pub(super) async fn existing(url: &str, spot: Spot) -> Result<Option<Self>, Error> {
        let pools = match kind(url)? {
            Kind::Sqlite => sqlite::existing(url, spot).await?.map(Pools::sqlite),
            Kind::Postgres => postgres::existing(url, spot).await?.map(Pools::postgres),
        };
        Ok(pools.map(|pools| Self { url: url.to_owned(), spot, pools }))
    }

    pub(super) const fn spot(&self) -> Spot {
        self.spot
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

    /// Leaves the indexes for later (see [`indexes`]), where that is faster.
    pub(super) async fn put_off_indexes(&self) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres { writer, .. } => indexes::put_off(writer).await,
        }
    }

    /// Makes the indexes that were left for later.
    pub(super) async fn make_indexes(&self) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres { writer, .. } => indexes::make(writer).await,
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
            Pools::Sqlite { .. } => Connection::Sqlite(sqlite::claim(&self.url, self.spot, true)?),
            Pools::Postgres { writer, .. } => {
                Connection::Postgres(Box::new(postgres::listen(writer, self.spot).await?))
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

/// A connection that is there to be lost when the database crashes, and that keeps the place from being
/// emptied. SQLite is part of this process and does not crash without it.
pub(crate) enum Connection {
    Sqlite(std::fs::File),
    Postgres(Box<PgListener>),
}

impl Connection {
    /// Returns once the connection is lost.
    pub(crate) async fn ends(self) {
        match self {
            Self::Sqlite(_held) => std::future::pending().await,
            // Nobody notifies it of anything.
            Self::Postgres(mut listener) => while let Ok(Some(_)) = listener.try_recv().await {},
        }
    }
}

/// Held by whoever needs a place for himself ([`Claim::alone`]) or needs it to stay ([`Claim::shared`]).
#[derive(Debug)]
#[expect(dead_code, reason = "held for what their end means")]
pub(crate) enum Claim {
    Sqlite(std::fs::File),
    Postgres(Box<PgConnection>),
}

impl Claim {
    /// Nobody else uses the place.
    pub(crate) async fn alone(url: &str, spot: Spot) -> Result<Self, Error> {
        Self::of(url, spot, false).await
    }

    /// Nobody empties the place.
    pub(crate) async fn shared(url: &str, spot: Spot) -> Result<Self, Error> {
        Self::of(url, spot, true).await
    }

    async fn of(url: &str, spot: Spot, shared: bool) -> Result<Self, Error> {
        Ok(match kind(url)? {
            Kind::Sqlite => Self::Sqlite(sqlite::claim(url, spot, shared)?),
            Kind::Postgres => Self::Postgres(Box::new(postgres::claim(url, spot, shared).await?)),
        })
    }

    /// Removes the place, which has to be claimed alone.
    pub(crate) async fn remove(self, url: &str, spot: Spot) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => sqlite::remove(url, spot),
            Self::Postgres(_) => postgres::wipe(url, spot).await,
        }
    }

    /// Empties the place, which has to be claimed alone.
    pub(crate) async fn wipe(&self, url: &str, spot: Spot) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => sqlite::wipe(url, spot).await,
            Self::Postgres(_) => postgres::wipe(url, spot).await,
        }
    }
}
