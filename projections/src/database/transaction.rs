//! A transaction, and the rows that queries over one table find in it.

use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use sqlx::{Postgres, Sqlite};

use super::argument::bind;
use super::dialect::Dialect;
use super::select::Select;
use super::stored::{self, Native, Stored};
use crate::error::Error;

/// A transaction; dropped without [`Transaction::commit`], it never happened.
#[derive(Debug)]
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    pub(super) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The rows that a query finds.
    pub(crate) async fn select<R: DeserializeOwned>(&mut self, select: Select) -> Result<Vec<R>, Error> {
        self.rows_of(select, usize::MAX, usize::MAX).await.map(|(rows, _)| rows)
    }

    /// The first `limit` rows that a query finds, or fewer where they are long: reading stops at [`PAGE_BYTES`]. Also
    /// returns whether there are more.
    pub(crate) async fn page<R: DeserializeOwned>(
        &mut self,
        select: Select,
        limit: usize,
    ) -> Result<(Vec<R>, bool), Error> {
        self.rows_of(select.limit(limit + 1), limit, PAGE_BYTES).await
    }

    /// The rows that a query finds, up to a number of rows and of bytes; and whether there are more.
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

    /// Hands over the rows that a query finds, one by one as they arrive: a year of them takes no more memory than the
    /// caller keeps.
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
