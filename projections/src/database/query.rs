//! Queries with hand-written text.

use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::argument::{Argument, bind};
use super::statement::Statement;
use super::table::Table;
use super::transaction::Transaction;
use crate::error::Error;

impl Transaction {
    /// An empty query.
    pub(crate) const fn statement(&self) -> Statement {
        Statement::new(self.dialect())
    }

    /// A stored row of a table as a JSON object, as an expression.
    pub(crate) fn row_of(&self, table: Table) -> String {
        self.dialect().json_row(table)
    }

    /// The rows that a query finds: its one column is a JSON object.
    pub(crate) async fn query_json<R: DeserializeOwned>(
        &mut self,
        of: Table,
        statement: Statement,
    ) -> Result<Vec<R>, Error> {
        let rows = self.fetch(&statement.sql, statement.arguments).await?;
        rows.iter()
            .map(|row| serde_json::from_str(row).map_err(|source| Error::Row { table: of.name, source }))
            .collect()
    }

    /// The number that a query finds: its one column is a number as text.
    pub(crate) async fn number(&mut self, statement: Statement) -> Result<u64, Error> {
        let rows = self.fetch(&statement.sql, statement.arguments).await?;
        Ok(rows.first().and_then(|number| number.parse().ok()).unwrap_or_default())
    }

    /// What the database does to answer a query: the text, then one line per step.
    pub(crate) async fn explain(&mut self, statement: Statement) -> Result<Vec<String>, Error> {
        let mut lines = vec![statement.sql.clone()];
        macro_rules! explained {
            ($transaction:expr, $explain:literal, $column:literal) => {{
                let sql = format!("{} {}", $explain, statement.sql);
                let mut query = sqlx::query(&sql);
                for argument in statement.arguments {
                    query = match argument {
                        Argument::Text(text) => query.bind(text),
                        Argument::Integer(integer) => query.bind(integer),
                    };
                }
                for row in query.fetch_all(&mut **$transaction).await? {
                    lines.push(row.try_get::<String, _>($column)?);
                }
            }};
        }
        match self {
            Self::Sqlite(transaction) => explained!(transaction, "EXPLAIN QUERY PLAN", "detail"),
            Self::Postgres(transaction) => explained!(transaction, "EXPLAIN", "QUERY PLAN"),
        }
        Ok(lines)
    }

    /// The rows of a query with one column of text.
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
