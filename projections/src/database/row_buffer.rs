//! Rows, or some of their columns, on their way into the database: each value is encoded once, column by
//! column, in the binary format of PostgreSQL. An array per column is what a statement of PostgreSQL takes
//! as its arguments, and rows of the same values are a COPY: a value has the same bytes in both, its length
//! and itself (PostgreSQL's manual, COPY, Binary Format). SQLite is given the values one by one.

use serde::Serialize;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

use super::encoder::{ColumnMismatch, Encoder};
use crate::error::Error;
use crate::projection::{Column, Kind, Table};
use domain::Timestamp;

/// What a COPY begins with, and ends with.
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const COPY_TRAILER: i16 = -1;

/// Rows of one table, or some of their columns.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(super) table: Table,
    columns: Vec<Values>,
    count: usize,
}

/// The values of one column.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) column: Column,
    count: usize,
    /// Whether one of them is missing.
    has_null: bool,
    /// Each with its length before it; the length of what is missing is -1.
    bytes: Vec<u8>,
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
        let empty =
            |column: &Column| Values { column: *column, count: 0, has_null: false, bytes: Vec::new() };
        let columns = table.columns.iter().filter(|column| wanted(column)).map(empty).collect();
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
        let mut copy = Vec::with_capacity(COPY_HEADER.len() + bytes + 2 * self.count + 2);
        if first {
            copy.extend_from_slice(COPY_HEADER);
        }
        let width = i16::try_from(self.columns.len()).unwrap_or(i16::MAX).to_be_bytes();
        let mut rests: Vec<&[u8]> = self.columns.iter().map(|values| values.bytes.as_slice()).collect();
        for _ in 0..self.count {
            copy.extend_from_slice(&width);
            for rest in &mut rests {
                copy.extend_from_slice(next(rest));
            }
        }
        if last {
            copy.extend_from_slice(&COPY_TRAILER.to_be_bytes());
        }
        for values in &mut self.columns {
            (values.count, values.has_null) = (0, false);
            values.bytes.clear();
        }
        self.count = 0;
        copy
    }
}

const LENGTH_BYTES: usize = size_of::<i32>();
/// The length of what is missing.
const NULL: [u8; LENGTH_BYTES] = (-1_i32).to_be_bytes();
/// What jsonb begins with.
pub(super) const JSON_VERSION: u8 = 1;

/// What a value holds after its length, if it is there.
fn content(value: &[u8]) -> Option<&[u8]> {
    if value == NULL { None } else { value.get(LENGTH_BYTES..) }
}

/// Takes the first value, with its length.
fn next<'a>(values: &mut &'a [u8]) -> &'a [u8] {
    let length = values.first_chunk().map_or(0, |length| i32::from_be_bytes(*length));
    let end = LENGTH_BYTES + usize::try_from(length).unwrap_or_default();
    let (first, rest) = values.split_at_checked(end).unwrap_or((values, &[]));
    *values = rest;
    first
}

impl Values {
    pub(super) fn null(&mut self) {
        self.has_null = true;
        self.count += 1;
        self.bytes.extend_from_slice(&NULL);
    }

    pub(super) fn value(&mut self, bytes: &[u8]) {
        self.count += 1;
        self.bytes.extend_from_slice(&length(bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    /// A value that is JSON.
    pub(super) fn json(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), serde_json::Error> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&length(0));
        self.bytes.push(JSON_VERSION);
        let content = self.bytes.len();
        serde_json::to_writer(&mut self.bytes, value)?;
        if self.bytes.get(content..) == Some(b"null") {
            self.bytes.truncate(start);
            self.null();
            return Ok(());
        }
        let told = length(self.bytes.len() - content + 1);
        if let Some(place) = self.bytes.get_mut(start..start + told.len()) {
            place.copy_from_slice(&told);
        }
        self.count += 1;
        Ok(())
    }
}

/// No value comes near 2 GiB: everything in an event has a limit.
fn length(bytes: usize) -> [u8; LENGTH_BYTES] {
    i32::try_from(bytes).unwrap_or(i32::MAX).to_be_bytes()
}

/// The type of a value, as PostgreSQL numbers it forever.
const fn oid(kind: Kind) -> u32 {
    match kind {
        Kind::Text => 25,
        Kind::Integer => 20,
        Kind::Time => 1184,
        Kind::Flag => 16,
        Kind::Json => 3802,
    }
}

impl Type<Postgres> for Values {
    fn type_info() -> PgTypeInfo {
        <Vec<String> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Values {
    fn produces(&self) -> Option<PgTypeInfo> {
        Some(match self.column.kind {
            Kind::Text => <Vec<String> as Type<Postgres>>::type_info(),
            Kind::Integer => <Vec<i64> as Type<Postgres>>::type_info(),
            Kind::Time => <Vec<Timestamp> as Type<Postgres>>::type_info(),
            Kind::Flag => <Vec<bool> as Type<Postgres>>::type_info(),
            Kind::Json => <Vec<serde_json::Value> as Type<Postgres>>::type_info(),
        })
    }

    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        const DIMENSIONS: i32 = 1;
        const FIRST: i32 = 1;
        let count = i32::try_from(self.count)?;
        buffer.extend_from_slice(&DIMENSIONS.to_be_bytes());
        buffer.extend_from_slice(&i32::from(self.has_null).to_be_bytes());
        buffer.extend_from_slice(&oid(self.column.kind).to_be_bytes());
        buffer.extend_from_slice(&count.to_be_bytes());
        buffer.extend_from_slice(&FIRST.to_be_bytes());
        buffer.extend_from_slice(&self.bytes);
        Ok(IsNull::No)
    }
}
