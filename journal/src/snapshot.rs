//! Snapshots: the state of a livechat as of a record, so that loading it reads the end of its log only.
//!
//! A snapshot is a cache. One that was made by another version of the code, that is damaged, or that
//! stands at a record which is not in the log is ignored, and the whole log is folded instead.

use domain::Livechat;
use domain::state::STATE_VERSION;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entry::Hash;
use crate::receipts::Receipts;
use crate::record::Position;

/// The version of what is stored beside the state of the rules.
const FORMAT: i32 = 2;

/// The code that can read a snapshot: it changes with the state of the rules and with the format here.
const VERSION: i32 = STATE_VERSION * 100 + FORMAT;

/// A snapshot as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record that the state includes.
    pub position: Position,
    /// Which code can read it.
    pub version: i32,
    /// The hash of that record: what the state is a fold of.
    pub record_hash: Vec<u8>,
    /// SHA-256 over the state.
    pub checksum: Vec<u8>,
    /// The state.
    pub state: Vec<u8>,
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
    /// The state in it, if this program made it and it is whole. Whether it is what the log says is another
    /// question.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn livechat(&self) -> Result<Livechat, Unusable> {
        self.open().map(|body| body.livechat)
    }

    pub(crate) fn open(&self) -> Result<SnapshotBody, Unusable> {
        if self.version != VERSION {
            return Err(Unusable::OtherVersion);
        }
        if self.checksum[..] != Sha256::digest(&self.state)[..] {
            return Err(Unusable::Damaged);
        }
        rmp_serde::from_slice(&self.state).map_err(|_| Unusable::Unreadable)
    }
}

/// What a snapshot holds, to be written.
#[derive(Serialize)]
struct SnapshotBodyRef<'a> {
    livechat: &'a Livechat,
    receipts: &'a Receipts,
}

/// What a snapshot holds, as it was read.
#[derive(Deserialize)]
pub(crate) struct SnapshotBody {
    pub(crate) livechat: Livechat,
    pub(crate) receipts: Receipts,
}

/// A copy of a livechat, apart from the one that goes on: cheap to take, expensive to serialize.
pub(crate) struct StateCopy {
    pub(crate) livechat: Livechat,
    pub(crate) receipts: Receipts,
    pub(crate) position: Position,
    pub(crate) hash: Hash,
}

impl StateCopy {
    /// Serializes it.
    ///
    /// # Errors
    /// When the state has no stored form, which no state lacks.
    pub(crate) fn serialize(&self) -> Result<Snapshot, rmp_serde::encode::Error> {
        let state =
            rmp_serde::to_vec_named(&SnapshotBodyRef { livechat: &self.livechat, receipts: &self.receipts })?;
        Ok(Snapshot {
            position: self.position,
            version: VERSION,
            record_hash: self.hash.to_vec(),
            checksum: Sha256::digest(&state).to_vec(),
            state,
        })
    }
}
