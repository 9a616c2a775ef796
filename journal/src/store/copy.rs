//! Rows of `events` in the binary format of COPY.
//!
//! A header, then per row the count of fields and per field its length and its bytes, then a trailer
//! (PostgreSQL's manual, COPY, Binary Format). Numbers are big-endian; an instant is its distance from
//! the year 2000 in microseconds.

use cqrs_es::Aggregate;
use domain::{Livechat, Timestamp};

use super::sql::to_sql;
use crate::entry::Entry;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: i16 = -1;
const FIELDS: i16 = 10;
/// 2000-01-01 in microseconds since 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Bytes sent at once: enough to be cheap, few enough that PostgreSQL soon has something to do.
const CHUNK_BYTES: usize = 64 * 1024;

/// Rows on their way.
pub(super) struct Rows(Vec<u8>);

impl Rows {
    pub(super) fn new() -> Self {
        let mut buffer = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
        buffer.extend_from_slice(HEADER);
        Self(buffer)
    }

    /// Adds a row; its columns are in the order of the statement.
    pub(super) fn push(&mut self, entry: &Entry) {
        self.0.extend_from_slice(&FIELDS.to_be_bytes());
        self.field(Livechat::TYPE.as_bytes());
        self.field(entry.livechat.as_str().as_bytes());
        self.field(&to_sql(entry.position).to_be_bytes());
        self.field(entry.event_type.as_bytes());
        self.field(entry.event_version.as_bytes());
        self.field(entry.payload.as_bytes());
        self.field(entry.metadata.as_bytes());
        self.field(&micros(entry.recorded_at).to_be_bytes());
        match entry.conversation {
            Some(conversation) => self.field(conversation.0.as_bytes()),
            None => self.null(),
        }
        self.field(&entry.hash);
    }

    /// Is there enough to be sent?
    pub(super) const fn is_sizeable(&self) -> bool {
        self.0.len() >= CHUNK_BYTES
    }

    /// What there is so far.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::replace(&mut self.0, Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4))
    }

    /// The rest, with the end.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&TRAILER.to_be_bytes());
        self.0
    }

    fn field(&mut self, bytes: &[u8]) {
        // No field comes near 2 GiB: a message has a limit.
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn null(&mut self) {
        self.0.extend_from_slice(&(-1_i32).to_be_bytes());
    }
}

const fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros() - EPOCH_MICROS
}
