//! A record as it is stored: its bytes.

use cqrs_es::Aggregate;
use cqrs_es::persist::SerializedEvent;
use domain::{Livechat, LivechatId};

use crate::log::entry::{Hash, chain};
use crate::log::record::Position;

/// A record of the log as its bytes, which the hash covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Whose log.
    pub livechat: LivechatId,
    /// Where in it.
    pub position: Position,
    /// The stable name of the event.
    pub event_type: String,
    /// The version of its content.
    pub event_version: String,
    /// The event, as JSON.
    pub payload: String,
    /// What is known about the record itself, as JSON.
    pub metadata: String,
    /// The hash as stored; empty for a record that another writer of the common format appended.
    pub hash: Vec<u8>,
}

/// A record of the log as its bytes, where the database has them.
#[derive(Clone, Copy, Debug)]
pub struct StoredRecordRef<'a> {
    /// Whose log.
    pub livechat: &'a LivechatId,
    /// Where in it.
    pub position: Position,
    /// The stable name of the event.
    pub event_type: &'a str,
    /// The version of its content.
    pub event_version: &'a str,
    /// The event, as JSON.
    pub payload: &'a str,
    /// What is known about the record itself, as JSON.
    pub metadata: &'a str,
}

/// Bytes of records with which a page ends, however few they are: thousands of ordinary ones, some long settings. So a
/// page takes no more memory than this and one record.
pub const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// A record of one conversation, with what it takes to check it: others stand between those of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The record.
    pub stored: StoredRecord,
    /// The hash of the record just before it in the log; empty before the first one, and where there is none.
    pub previous: Vec<u8>,
}

impl AsRef<StoredRecord> for StoredRecord {
    fn as_ref(&self) -> &StoredRecord {
        self
    }
}

impl AsRef<StoredRecord> for Linked {
    fn as_ref(&self) -> &StoredRecord {
        &self.stored
    }
}

/// May there be more after a page of which `limit` records were asked for? It ended because of their number, or because
/// of their bytes.
pub fn is_full(page: &[impl AsRef<StoredRecord>], limit: usize) -> bool {
    page.len() >= limit || page.iter().map(|record| record.as_ref().bytes()).sum::<usize>() >= PAGE_BYTES
}

impl StoredRecord {
    /// How many bytes it has, but for the few that every record has.
    pub const fn bytes(&self) -> usize {
        self.payload.len() + self.metadata.len()
    }

    /// Its bytes, but for the hash.
    pub fn borrowed(&self) -> StoredRecordRef<'_> {
        StoredRecordRef {
            livechat: &self.livechat,
            position: self.position,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
        }
    }

    /// The hash that this record must have when it follows a record with the hash `previous`.
    pub fn chained_to(&self, previous: &Hash) -> Hash {
        self.borrowed().chained_to(previous)
    }
}

impl StoredRecordRef<'_> {
    /// See [`StoredRecord::chained_to`].
    pub(crate) fn chained_to(&self, previous: &Hash) -> Hash {
        chain(previous, self.position, [self.event_type, self.event_version, self.payload, self.metadata])
    }

    /// The record in the words of cqrs-es, for upcasters.
    ///
    /// # Errors
    /// When payload or metadata are not JSON.
    pub fn serialized(&self) -> Result<SerializedEvent, serde_json::Error> {
        Ok(SerializedEvent::new(
            self.livechat.to_string(),
            usize::try_from(self.position).unwrap_or(usize::MAX),
            Livechat::TYPE.to_owned(),
            self.event_type.to_owned(),
            self.event_version.to_owned(),
            serde_json::from_str(self.payload)?,
            serde_json::from_str(self.metadata)?,
        ))
    }
}
