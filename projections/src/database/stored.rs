//! Rows as they came from the database, to be read as values of a row type.

use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::{decoder, postgres, sqlite};
use crate::error::Error;
use crate::projection::Table;

/// Whole rows of one table.
#[derive(Debug)]
pub(crate) struct Stored {
    table: Table,
    rows: Native,
}

/// What the driver gives.
pub(super) enum Native {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

impl std::fmt::Debug for Native {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = match self {
            Self::Sqlite(rows) => rows.len(),
            Self::Postgres(rows) => rows.len(),
        };
        write!(f, "{count} rows")
    }
}

impl Stored {
    pub(super) const fn new(table: Table, rows: Native) -> Self {
        Self { table, rows }
    }

    /// Reads every row.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        let columns = self.table.columns;
        let decoded: Result<Vec<T>, serde_json::Error> = match &self.rows {
            Native::Sqlite(rows) => rows
                .iter()
                .map(|row| {
                    decoder::decode(
                        columns,
                        columns.iter().zip(0..).map(|(c, i)| sqlite::cell(row, i, c.kind)),
                    )
                })
                .collect(),
            Native::Postgres(rows) => rows
                .iter()
                .map(|row| {
                    decoder::decode(
                        columns,
                        columns.iter().zip(0..).map(|(c, i)| postgres::cell(row, i, c.kind)),
                    )
                })
                .collect(),
        };
        decoded.map_err(|source| Error::Row { table: self.table.name, source })
    }
}
