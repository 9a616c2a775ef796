//! Rows as they came from the database, to be read as values of a row type.

use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::decoder::{self, Cell};
use crate::error::Error;
use crate::projection::{Column, Table};

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
        match &self.rows {
            Native::Sqlite(rows) => rows.iter().map(|row| sqlite(self.table, row)).collect(),
            Native::Postgres(rows) => rows.iter().map(|row| postgres(self.table, row)).collect(),
        }
    }
}

/// Reads a row of SQLite.
pub(super) fn sqlite<T: DeserializeOwned>(table: Table, row: &SqliteRow) -> Result<T, Error> {
    let cell = |(column, index): (&Column, usize)| super::sqlite::cell(row, index, column.kind);
    decode(table, table.columns.iter().zip(0..).map(cell))
}

/// Reads a row of PostgreSQL.
pub(super) fn postgres<T: DeserializeOwned>(table: Table, row: &PgRow) -> Result<T, Error> {
    let cell = |(column, index): (&Column, usize)| super::postgres::cell(row, index, column.kind);
    decode(table, table.columns.iter().zip(0..).map(cell))
}

fn decode<'a, T: DeserializeOwned>(
    table: Table,
    cells: impl Iterator<Item = Result<Cell<'a>, sqlx::Error>>,
) -> Result<T, Error> {
    decoder::decode(table.columns, cells).map_err(|source| Error::Row { table: table.name, source })
}
