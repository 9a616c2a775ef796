//! What is written in a transaction: rows, by the statements of their table.

use super::dialect::Dialect;
use super::row_buffer::Rows;
use super::sqlite;
use super::stored::{Native, Stored};
use super::transaction::Transaction;
use crate::error::Error;

impl Transaction {
    /// The stored rows with these keys, in no particular order.
    pub(crate) async fn load(&mut self, keys: Rows) -> Result<Stored, Error> {
        self.run(keys, |dialect, keys, count| dialect.load(keys.table, count)).await
    }

    /// Writes these rows, new or not.
    pub(crate) async fn upsert(&mut self, rows: Rows) -> Result<(), Error> {
        self.run(rows, |dialect, rows, count| dialect.upsert(rows.table, count)).await.map(drop)
    }

    /// Writes these rows, none of which is there yet.
    pub(crate) async fn insert(&mut self, rows: Rows) -> Result<(), Error> {
        self.run(rows, |dialect, rows, count| dialect.insert(rows.table, count)).await.map(drop)
    }

    /// Deletes the rows that have these values, of the columns of the key or of some of them.
    pub(crate) async fn delete(&mut self, values: Rows) -> Result<(), Error> {
        let columns = values.columns();
        self.run(values, |dialect, values, count| dialect.delete(values.table, &columns, count))
            .await
            .map(drop)
    }

    /// Writes these rows where there are none, and locks and returns those that are stored then.
    pub(crate) async fn claim(&mut self, rows: Rows) -> Result<Stored, Error> {
        self.run(rows, |dialect, rows, count| dialect.claim(rows.table, count)).await
    }

    /// Runs the statement for these rows: PostgreSQL takes all of them, SQLite some at a time. Returns its rows.
    async fn run(
        &mut self,
        rows: Rows,
        statement: impl Fn(Dialect, &Rows, usize) -> String,
    ) -> Result<Stored, Error> {
        let table = rows.table;
        let dialect = self.dialect();
        let returned = match self {
            Self::Postgres(_) if rows.is_empty() => Native::Postgres(vec![]),
            Self::Postgres(transaction) => {
                let sql = statement(dialect, &rows, rows.len());
                let mut query = sqlx::query(&sql);
                for values in rows.into_arrays() {
                    query = query.bind(values);
                }
                Native::Postgres(query.fetch_all(&mut **transaction).await?)
            }
            Self::Sqlite(transaction) => {
                let mut returned = Vec::new();
                let mut values = rows.iter();
                let mut left = rows.len();
                for count in sqlite::ROWS_PER_STATEMENT.into_iter().filter(|count| *count <= rows.len()) {
                    let sql = statement(dialect, &rows, count);
                    while left >= count {
                        let mut query = sqlx::query(&sql);
                        for (kind, value) in values.by_ref().take(count).flatten() {
                            query = sqlite::bind(query, kind, value);
                        }
                        returned.extend(query.fetch_all(&mut **transaction).await?);
                        left -= count;
                    }
                }
                Native::Sqlite(returned)
            }
        };
        Ok(Stored::new(table, returned))
    }
}
