//! The database of the projections: its own SQLite file, or the schema `projections` of the
//! PostgreSQL database that holds the log.
//!
//! One writer serves every table: the values of a row are encoded once for all that is done with them, by the
//! names of its fields (`columns.rs`, `encoder.rs`), and rows come back as JSON. A batch costs a few statements
//! per table whatever the number of rows. What differs between the two databases is in `sqlite.rs` and
//! `postgres.rs`; the statements built from it are in `statements.rs`, and what runs them in `write.rs` and
//! `insertion.rs`.
//!
//! Everything here can be computed again from the log, so a commit need not reach the disk at once:
//! after a power cut rows and checkpoint are a little older, together, and the runner goes on from there.

mod columns;
mod encoder;
mod insertion;
mod postgres;
mod select;
mod sqlite;
mod statement;
mod statements;
mod write;

use std::sync::Arc;

use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use sqlx::{Postgres, Sqlite};

use crate::error::Error;
use crate::figures::today::Days;
use crate::progress::Progress;
use crate::runner::checkpoint;

pub(crate) use columns::Rows;
pub(crate) use insertion::Insertion;
pub(crate) use select::Select;
pub(crate) use statement::Statement;
pub(crate) use statements::Dialect;

/// A database that holds projections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pools: Pools,
    pub(crate) progress: Arc<Progress>,
    pub(crate) days: Arc<Days>,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { writer: sqlx::SqlitePool, readers: sqlx::SqlitePool },
    Postgres { writer: sqlx::PgPool, readers: sqlx::PgPool },
}

impl Database {
    /// Opens `sqlite://FILE` (made if missing) or `postgres://…` (schema `projections`) and brings the
    /// tables up to date. Rows of an older version of the folds are deleted, to be computed again.
    ///
    /// # Errors
    /// A database that cannot be reached, or an address of another kind.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let pools = if url.starts_with("sqlite:") {
            let (writer, readers) = sqlite::open(url).await?;
            Pools::Sqlite { writer, readers }
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let (writer, readers) = postgres::open(url).await?;
            Pools::Postgres { writer, readers }
        } else {
            return Err(Error::Address);
        };
        let database = Self { pools, progress: Arc::default(), days: Arc::default() };
        checkpoint::forget_older(&database).await?;
        Ok(database)
    }

    /// Closes every connection, after the statements under way.
    pub async fn close(&self) {
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

    /// A connection that is there to be lost when the database crashes. SQLite is part of this process and
    /// does not crash without it.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { .. } => Connection::Sqlite,
            Pools::Postgres { writer, .. } => Connection::Postgres(postgres::listen(writer).await?),
        })
    }

    /// A transaction that writes.
    pub(crate) async fn write(&self) -> Result<Transaction, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => Transaction::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres { writer, .. } => Transaction::Postgres(writer.begin().await?),
        })
    }

    /// A transaction in which everything read is of the same moment.
    pub(crate) async fn read(&self) -> Result<Transaction, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Transaction::Sqlite(readers.begin().await?),
            Pools::Postgres { readers, .. } => {
                Transaction::Postgres(readers.begin_with(postgres::BEGIN_SNAPSHOT).await?)
            }
        })
    }
}

/// See [`Database::connection`].
pub(crate) enum Connection {
    Sqlite,
    Postgres(sqlx::postgres::PgListener),
}

impl Connection {
    /// Returns once the connection is lost.
    pub(crate) async fn ends(self) {
        match self {
            Self::Sqlite => std::future::pending().await,
            // Nobody notifies it of anything.
            Self::Postgres(mut listener) => while let Ok(Some(_)) = listener.try_recv().await {},
        }
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

impl Transaction {
    pub(crate) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => sqlite::DIALECT,
            Self::Postgres(_) => postgres::DIALECT,
        }
    }

    /// The rows that a query finds.
    pub(crate) async fn select<R: DeserializeOwned>(&mut self, select: Select) -> Result<Vec<R>, Error> {
        let table = select.table;
        let sql = select.sql(self.dialect());
        let rows = self.fetch(&sql, select.arguments).await?;
        rows.iter()
            .map(|row| serde_json::from_str(row).map_err(|source| Error::Row { table: table.name, source }))
            .collect()
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
        macro_rules! stream {
            ($transaction:expr) => {{
                let mut query = sqlx::query_scalar(&sql);
                for argument in select.arguments {
                    query = match argument {
                        Argument::Text(text) => query.bind(text),
                        Argument::Integer(integer) => query.bind(integer),
                    };
                }
                let mut rows = query.fetch(&mut **$transaction);
                while let Some(row) = rows.try_next().await? {
                    let row: String = row;
                    take(
                        serde_json::from_str(&row)
                            .map_err(|source| Error::Row { table: table.name, source })?,
                    );
                }
            }};
        }
        match self {
            Self::Sqlite(transaction) => stream!(transaction),
            Self::Postgres(transaction) => stream!(transaction),
        }
        Ok(())
    }

    /// How many rows a query finds.
    pub(crate) async fn count(&mut self, select: Select) -> Result<u64, Error> {
        let sql = select.count_sql(self.dialect());
        let rows = self.fetch(&sql, select.arguments).await?;
        Ok(rows.first().and_then(|count| count.parse().ok()).unwrap_or_default())
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    async fn fetch(&mut self, sql: &str, arguments: Vec<Argument>) -> Result<Vec<String>, Error> {
        macro_rules! fetch {
            ($transaction:expr) => {{
                let mut query = sqlx::query_scalar(sql);
                for argument in arguments {
                    query = match argument {
                        Argument::Text(text) => query.bind(text),
                        Argument::Integer(integer) => query.bind(integer),
                    };
                }
                query.fetch_all(&mut **$transaction).await?
            }};
        }
        Ok(match self {
            Self::Sqlite(transaction) => fetch!(transaction),
            Self::Postgres(transaction) => fetch!(transaction),
        })
    }
}
