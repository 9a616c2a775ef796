//! Snapshots: the state of a livechat as of a record, so that loading it reads the end of its log only.
//!
//! A snapshot is a cache. One that was made by another version of the code, that is damaged, or that
//! stands at a record which is not in the log is ignored, and the whole log is folded instead.

use domain::state::STATE_VERSION;
use domain::{Livechat, LivechatId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::entry::Hash;
use crate::journal::Journal;
use crate::receipts::Receipts;
use crate::record::Position;
use crate::resident::{Generation, Resident};
use crate::store::{Read, StoreError};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

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

    fn open(&self) -> Result<SnapshotBody, Unusable> {
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
struct SnapshotBody {
    livechat: Livechat,
    receipts: Receipts,
}

/// A copy of a livechat, apart from the one that goes on: cheap to take, expensive to serialize.
pub(crate) struct StateCopy {
    livechat: Livechat,
    receipts: Receipts,
    position: Position,
    hash: Hash,
}

impl StateCopy {
    pub(crate) fn of(resident: &Resident) -> Self {
        Self {
            livechat: resident.livechat.clone(),
            receipts: resident.receipts.clone(),
            position: resident.position,
            hash: resident.hash,
        }
    }

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

/// The livechat as of its snapshot; `None` when no snapshot can be used.
pub(crate) async fn load(store: &dyn Read, id: &LivechatId) -> Result<Option<Resident>, StoreError> {
    let Some(snapshot) = store.snapshot(id).await? else { return Ok(None) };
    match check(store, id, snapshot).await? {
        Ok(resident) => Ok(Some(resident)),
        Err(why) => {
            tracing::warn!(livechat = %id, %why, "a snapshot is ignored");
            metrics::counter!("journal_snapshots_ignored_total").increment(1);
            Ok(None)
        }
    }
}

/// The livechat of a snapshot, or why that snapshot cannot be used.
async fn check(
    store: &dyn Read,
    id: &LivechatId,
    snapshot: Snapshot,
) -> Result<Result<Resident, Unusable>, StoreError> {
    let SnapshotBody { livechat, receipts } = match snapshot.open() {
        Ok(body) => body,
        Err(why) => return Ok(Err(why)),
    };
    let Ok(hash) = Hash::try_from(snapshot.record_hash.as_slice()) else {
        return Ok(Err(Unusable::Damaged));
    };
    let record = store.page(id, snapshot.position.saturating_sub(1), 1).await?;
    if !record.first().is_some_and(|record| record.position == snapshot.position && record.hash == hash) {
        return Ok(Err(Unusable::NotInLog));
    }
    Ok(Ok(Resident {
        livechat,
        position: snapshot.position,
        hash,
        receipts,
        generation: std::sync::Arc::new(Generation::default()),
        snapshot_at: snapshot.position,
    }))
}

impl Journal {
    /// The state to save, when a snapshot is due and no other is being written.
    pub(crate) fn state_to_save(&self, resident: &mut Resident) -> Option<(StateCopy, OwnedSemaphorePermit)> {
        if !resident.deserves_snapshot() {
            return None;
        }
        let permit = self.0.snapshots.clone().try_acquire_owned().ok()?;
        resident.snapshot_at = resident.position;
        Some((StateCopy::of(resident), permit))
    }

    /// Saves a state that is durable, in the background.
    pub(crate) fn save_in_background(
        &self,
        livechat: &LivechatId,
        (state, permit): (StateCopy, OwnedSemaphorePermit),
    ) {
        let (journal, livechat) = (self.clone(), livechat.clone());
        self.runtime().spawn(Box::pin(async move {
            journal.save_snapshot(&livechat, state).await;
            drop(permit);
        }));
    }

    /// Saves a state that is durable. Without the snapshot, loading only takes longer.
    pub(crate) async fn save_snapshot(&self, livechat: &LivechatId, state: StateCopy) {
        let (done, written) = oneshot::channel();
        self.runtime().compute(Box::new(move || {
            // The caller waits for it.
            let _ = done.send(state.serialize());
        }));
        let written = written.await;
        let saved: Result<(), BoxError> = match written {
            Ok(Ok(snapshot)) => self.0.store.save_snapshot(livechat, &snapshot).await.map_err(Into::into),
            Ok(Err(error)) => Err(error.into()),
            Err(error) => Err(error.into()),
        };
        match saved {
            Ok(()) => metrics::counter!("journal_snapshots_total").increment(1),
            Err(error) => tracing::warn!(livechat = %livechat, %error, "a snapshot could not be saved"),
        }
    }
}
