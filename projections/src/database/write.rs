//! What is written in a transaction: rows, by the statements of their table.

use super::{Dialect, Rows, Transaction, sqlite};
use crate::error::Error;

impl Transaction {
    /// The stored rows with these keys, each as a JSON object.
    pub(crate) async fn load(&mut self, keys: Rows) -> Result<Vec<String>, Error> {
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
    pub(crate) async fn claim(&mut self, rows: Rows) -> Result<Vec<String>, Error> {
        self.run(rows, |dialect, rows, count| dialect.claim(rows.table, count)).await
    }

    /// Runs the statement that takes so many rows: PostgreSQL all of them, SQLite some at a time. Returns
    /// what comes back.
    async fn run(
        &mut self,
        rows: Rows,
        statement: impl Fn(Dialect, &Rows, usize) -> String,
    ) -> Result<Vec<String>, Error> {
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let dialect = self.dialect();
        match self {
            Self::Postgres(transaction) => {
                let sql = statement(dialect, &rows, rows.len());
                let mut query = sqlx::query_scalar(&sql);
                for values in rows.into_arrays() {
                    query = query.bind(values);
                }
                Ok(query.fetch_all(&mut **transaction).await?)
            }
            Self::Sqlite(transaction) => {
                let mut returned = Vec::new();
                let mut values = rows.iter();
                let mut left = rows.len();
                for count in sqlite::ROWS_PER_STATEMENT {
                    let sql = statement(dialect, &rows, count);
                    while left >= count {
                        let mut query = sqlx::query_scalar(&sql);
                        for (kind, value) in values.by_ref().take(count).flatten() {
                            query = sqlite::bind(query, kind, value);
                        }
                        returned.extend(query.fetch_all(&mut **transaction).await?);
                        left -= count;
                    }
                }
                Ok(returned)
            }
        }
    }
}
