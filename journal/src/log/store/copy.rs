//! The binary form in which COPY takes rows.
//!
//! A header, then per row the count of fields and per field its length and its bytes, then a trailer
//! (PostgreSQL's manual, COPY, Binary Format). Numbers are big-endian; a time is its distance from
//! the year 2000 in microseconds. A field has the same bytes, with its length before it, as an element of an array that
//! a statement is given.

use domain::Timestamp;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: i16 = -1;

/// 2000-01-01 in microseconds since 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// What stands in the place of a field that is missing.
pub const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// The length of a field, as it stands before it. None comes near 2 GiB: everything in an event has a limit.
pub fn length(bytes: usize) -> [u8; 4] {
    i32::try_from(bytes).unwrap_or(i32::MAX).to_be_bytes()
}

/// A time as the content of a field.
pub const fn time(at: Timestamp) -> [u8; 8] {
    (at.timestamp_micros() - EPOCH_MICROS).to_be_bytes()
}

/// Rows on their way. Each is begun by [`CopyWriter::row`] and has as many fields after it as that says.
#[derive(Debug)]
pub struct CopyWriter(Vec<u8>);

impl CopyWriter {
    /// The beginning of a COPY, with room for so many bytes.
    pub fn begin(room_bytes: usize) -> Self {
        let mut writer = Self::continued(HEADER.len() + room_bytes);
        writer.0.extend_from_slice(HEADER);
        writer
    }

    /// What comes after bytes of the same COPY that are on their way already.
    pub fn continued(room_bytes: usize) -> Self {
        Self(Vec::with_capacity(room_bytes))
    }

    /// Begins a row of so many fields.
    pub fn row(&mut self, fields: i16) {
        self.0.extend_from_slice(&fields.to_be_bytes());
    }

    /// The next field.
    pub fn field(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&length(bytes.len()));
        self.0.extend_from_slice(bytes);
    }

    /// The next field is missing.
    pub fn null(&mut self) {
        self.0.extend_from_slice(&NULL);
    }

    /// The next field, which has its length before it already, or is [`NULL`].
    pub fn encoded(&mut self, field: &[u8]) {
        self.0.extend_from_slice(field);
    }

    /// How many bytes there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there nothing to be sent?
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes what there is so far; the writer goes on after it.
    pub fn take(&mut self) -> Vec<u8> {
        let room_bytes = self.0.capacity();
        std::mem::replace(self, Self::continued(room_bytes)).0
    }

    /// What there is, when the COPY goes on elsewhere.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The rest, with the end of the COPY.
    pub fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&TRAILER.to_be_bytes());
        self.0
    }
}
