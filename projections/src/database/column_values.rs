//! The values of one column in the binary format of PostgreSQL, each with its length before it.

use domain::Timestamp;
use serde::Serialize;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

use super::table::{Column, Kind};

const LENGTH_BYTES: usize = size_of::<i32>();
/// The length of a missing value.
const NULL: [u8; LENGTH_BYTES] = (-1_i32).to_be_bytes();
/// The first byte of jsonb.
pub(super) const JSON_VERSION: u8 = 1;

/// The bytes of a value after its length, if present.
pub(super) fn content(value: &[u8]) -> Option<&[u8]> {
    if value == NULL { None } else { value.get(LENGTH_BYTES..) }
}

/// Takes the first value, with its length.
pub(super) fn next<'a>(values: &mut &'a [u8]) -> &'a [u8] {
    let length = values.first_chunk().map_or(0, |length| i32::from_be_bytes(*length));
    let end = LENGTH_BYTES + usize::try_from(length).unwrap_or_default();
    let (first, rest) = values.split_at_checked(end).unwrap_or((values, &[]));
    *values = rest;
    first
}

/// The values of one column.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) column: Column,
    pub(super) count: usize,
    /// Whether one of them is missing.
    has_null: bool,
    /// Each preceded by its length; the length of a missing value is -1.
    pub(super) bytes: Vec<u8>,
}

impl Values {
    /// No values of a column yet.
    pub(super) const fn of(column: &Column) -> Self {
        Self { column: *column, count: 0, has_null: false, bytes: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        (self.count, self.has_null) = (0, false);
        self.bytes.clear();
    }

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
