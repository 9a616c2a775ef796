//! A snapshot: the state of a livechat as of a record, as it is stored beside the log.
//!
//! There are two uses of it: the newest state of each livechat, so that loading it reads the end of its log only
//! (`livechat_snapshots`), and states all along its log, so that any past state is one snapshot and a few thousand
//! events away (`stepping_stones`). What the content is, and which version of the code can read it, is up to whoever
//! makes the snapshot; whether it may be used is asked here, of both alike.
//!
//! Invariant: a cache. Any of them may be gone at any time, and none is needed for a right answer.

use domain::{LivechatId, Timestamp};
use sha2::{Digest, Sha256};

use super::stored_record::StoredRecord;
use crate::log::record::Position;

/// A snapshot as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record that the state includes.
    pub position: Position,
    /// When that record happened.
    pub at: Timestamp,
    /// Which code can read it.
    pub version: String,
    /// The hash of that record: what the state is a fold of.
    pub record_hash: Vec<u8>,
    /// SHA-256 over all of it but the version.
    pub checksum: Vec<u8>,
    /// The state, as its author wrote it.
    pub content: Vec<u8>,
}

/// Why a snapshot is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is of no use to this program, and there is nothing wrong with it.
    #[error("another version of the code made it")]
    OtherVersion,
    /// Its bytes are not those that were written.
    #[error("it is damaged")]
    Damaged,
    /// Its record is not in the log, or is another one there.
    #[error("it stands at a record that is not in the log")]
    NotInLog,
    /// Its bytes are as they were written, and are no state.
    #[error("it cannot be read")]
    Unreadable,
}

impl Snapshot {
    /// The state of a livechat as of a record: its position, when it happened, and its hash.
    pub fn new(
        livechat: &LivechatId,
        version: impl Into<String>,
        (position, at, record_hash): (Position, Timestamp, Vec<u8>),
        content: Vec<u8>,
    ) -> Self {
        let version = version.into();
        let mut snapshot = Self { position, at, version, record_hash, checksum: vec![], content };
        snapshot.checksum = snapshot.expected_checksum(livechat);
        snapshot
    }

    /// The content, if code of this version made it and it is whole. Whether it is what the log says is another
    /// question.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn content(&self, livechat: &LivechatId, version: &str) -> Result<&[u8], Unusable> {
        if self.version != version {
            return Err(Unusable::OtherVersion);
        }
        if self.checksum != self.expected_checksum(livechat) {
            return Err(Unusable::Damaged);
        }
        Ok(&self.content)
    }

    /// Does it stand at this record?
    pub fn is_of(&self, record: &StoredRecord) -> bool {
        record.position == self.position && record.hash == self.record_hash
    }

    /// The checksum that it must have as a snapshot of this livechat.
    pub fn expected_checksum(&self, livechat: &LivechatId) -> Vec<u8> {
        let mut hasher = Sha256::new();
        for part in [livechat.as_str().as_bytes(), &self.record_hash, &self.content] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.update(self.position.to_be_bytes());
        hasher.update(self.at.timestamp_millis().to_be_bytes());
        hasher.finalize().to_vec()
    }
}

/// A snapshot without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// The last record that the state includes.
    pub position: Position,
    /// When that record happened.
    pub at: Timestamp,
    /// Which code can read it.
    pub version: String,
    /// Bytes of its content.
    pub bytes: u64,
}
