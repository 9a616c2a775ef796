//! Rows as they came from the database, to be read as values of a row type.

use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::decoder::{self, Cell};
use super::table::{Column, Kind, Table};
use crate::error::Error;

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

/// How long the texts of a row of SQLite are.
pub(super) fn sqlite_bytes(table: Table, row: &SqliteRow) -> Result<usize, Error> {
    let texts = table.columns.iter().zip(0..).filter(|(column, _)| is_text(column));
    bytes(texts.map(|(column, index)| super::sqlite::cell(row, index, column.kind)))
}

/// How long the texts of a row of PostgreSQL are.
pub(super) fn postgres_bytes(table: Table, row: &PgRow) -> Result<usize, Error> {
    let texts = table.columns.iter().zip(0..).filter(|(column, _)| is_text(column));
    bytes(texts.map(|(column, index)| super::postgres::cell(row, index, column.kind)))
}

const fn is_text(column: &Column) -> bool {
    matches!(column.kind, Kind::Text | Kind::Json)
}

fn bytes<'a>(cells: impl Iterator<Item = Result<Cell<'a>, sqlx::Error>>) -> Result<usize, Error> {
    let mut bytes = 0;
    for cell in cells {
        bytes += match cell? {
            Cell::Text(text) | Cell::Json(text) => text.len(),
            Cell::Null | Cell::Number(_) | Cell::Flag(_) => 0,
        };
    }
    Ok(bytes)
}

fn decode<'a, T: DeserializeOwned>(
    table: Table,
    cells: impl Iterator<Item = Result<Cell<'a>, sqlx::Error>>,
) -> Result<T, Error> {
    decoder::decode(table.columns, cells).map_err(|source| Error::Row { table: table.name, source })
}
