//! Rows, or some of their columns, on their way into the database: each value is encoded once, column by
//! column, in the binary format of PostgreSQL. An array per column is what a statement of PostgreSQL takes
//! as its arguments, and rows of the same values are a COPY: a value has the same bytes in both, its length
//! and itself (PostgreSQL's manual, COPY, Binary Format). SQLite is given the values one by one.

use journal::copy::CopyWriter;
use serde::Serialize;

use super::column_values::{Values, content, next};
use super::encoder::{ColumnMismatch, Encoder};
use super::table::{Column, Kind, Table};
use crate::error::Error;

/// Rows of one table, or some of their columns.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(super) table: Table,
    columns: Vec<Values>,
    count: usize,
}

impl Rows {
    /// No whole rows yet.
    pub(crate) fn of(table: Table) -> Self {
        Self::empty(table, |_| true)
    }

    /// No keys yet.
    pub(crate) fn keys(table: Table) -> Self {
        Self::values(table, table.key)
    }

    /// No values of these columns yet.
    pub(crate) fn values(table: Table, columns: &[&str]) -> Self {
        Self::empty(table, |column| columns.contains(&column.name))
    }

    fn empty(table: Table, wanted: impl Fn(&Column) -> bool) -> Self {
        let columns = table.columns.iter().filter(|column| wanted(column)).map(Values::of).collect();
        Self { table, columns, count: 0 }
    }

    /// With these rows too.
    pub(crate) fn with<T: Serialize>(mut self, rows: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        for row in rows {
            self.push(&row)?;
        }
        Ok(self)
    }

    /// Adds a row. It serialises to a structure whose fields have the names of the columns.
    pub(crate) fn push(&mut self, row: &impl Serialize) -> Result<(), Error> {
        let encoded = row.serialize(Encoder::Row(&mut self.columns));
        encoded.map_err(|ColumnMismatch(source)| Error::Row { table: self.table.name, source })?;
        self.count += 1;
        // Columns that the row does not have are null.
        for values in &mut self.columns {
            if values.count < self.count {
                values.null();
            }
        }
        Ok(())
    }

    pub(crate) const fn table(&self) -> Table {
        self.table
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        self.columns.iter().map(|values| values.column).collect()
    }

    /// The arguments of a statement of PostgreSQL, an array per column.
    pub(super) fn into_arrays(self) -> Vec<Values> {
        self.columns
    }

    /// Row by row, each with its values in the order of the columns; nothing where a value is missing.
    pub(super) fn iter(&self) -> impl Iterator<Item = Vec<(Kind, Option<&[u8]>)>> + '_ {
        let mut rests: Vec<(Kind, &[u8])> =
            self.columns.iter().map(|values| (values.column.kind, values.bytes.as_slice())).collect();
        (0..self.count)
            .map(move |_| rests.iter_mut().map(|(kind, rest)| (*kind, content(next(rest)))).collect())
    }

    /// Takes the rows so far.
    pub(super) fn take(&mut self) -> Self {
        let empty =
            Self::empty(self.table, |column| self.columns.iter().any(|values| values.column == *column));
        std::mem::replace(self, empty)
    }

    /// Takes the rows so far, as part of a COPY.
    pub(super) fn take_copy(&mut self, first: bool, last: bool) -> Vec<u8> {
        let bytes: usize = self.columns.iter().map(|values| values.bytes.len()).sum();
        let room_bytes = bytes + 2 * self.count + 2;
        let mut copy = if first { CopyWriter::begin(room_bytes) } else { CopyWriter::continued(room_bytes) };
        let width = i16::try_from(self.columns.len()).unwrap_or(i16::MAX);
        let mut rests: Vec<&[u8]> = self.columns.iter().map(|values| values.bytes.as_slice()).collect();
        for _ in 0..self.count {
            copy.row(width);
            for rest in &mut rests {
                copy.encoded(next(rest));
            }
        }
        for values in &mut self.columns {
            values.clear();
        }
        self.count = 0;
        if last { copy.finish() } else { copy.into_bytes() }
    }
}
