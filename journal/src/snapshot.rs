//! Snapshots: the state of a livechat as of a record, so that loading it reads the end of its log only.
//!
//! A snapshot is a cache. One that was made by another version of the code, that is damaged, or that
//! stands at a record which is not in the log is ignored, and the whole log is folded instead.

use domain::livechat::STATE_VERSION;
use domain::{Livechat, LivechatId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::entry::Hash;
use crate::journal::Journal;
use crate::loaded::{Fate, Loaded};
use crate::receipts::Receipts;
use crate::recorded::Position;
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
    Foreign,
    /// Its bytes are not those that were written.
    #[error("it is damaged")]
    Damaged,
    /// It stands at a record that was never written, or was written otherwise.
    #[error("it stands at a record that is not in the log")]
    Stray,
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
        self.open().map(|found| found.livechat)
    }

    fn open(&self) -> Result<Found, Unusable> {
        if self.version != VERSION {
            return Err(Unusable::Foreign);
        }
        if self.checksum[..] != Sha256::digest(&self.state)[..] {
            return Err(Unusable::Damaged);
        }
        rmp_serde::from_slice(&self.state).map_err(|_| Unusable::Unreadable)
    }
}

/// What a livechat needs to go on.
#[derive(Serialize)]
struct Kept<'a> {
    livechat: &'a Livechat,
    receipts: &'a Receipts,
}

/// What a livechat goes on from.
#[derive(Deserialize)]
struct Found {
    livechat: Livechat,
    receipts: Receipts,
}

/// A livechat at a moment, apart from the one that goes on: cheap to take, dear to write down.
pub(crate) struct Moment {
    livechat: Livechat,
    receipts: Receipts,
    position: Position,
    hash: Hash,
}

impl Moment {
    pub(crate) fn of(loaded: &Loaded) -> Self {
        Self {
            livechat: loaded.livechat.clone(),
            receipts: loaded.receipts.clone(),
            position: loaded.position,
            hash: loaded.hash,
        }
    }

    /// Writes it down.
    ///
    /// # Errors
    /// When the state has no stored form, which no state lacks.
    pub(crate) fn write_down(&self) -> Result<Snapshot, rmp_serde::encode::Error> {
        let state = rmp_serde::to_vec_named(&Kept { livechat: &self.livechat, receipts: &self.receipts })?;
        Ok(Snapshot {
            position: self.position,
            version: VERSION,
            record_hash: self.hash.to_vec(),
            checksum: Sha256::digest(&state).to_vec(),
            state,
        })
    }
}

/// The livechat as its snapshot tells; `None` when there is none that can be used.
pub(crate) async fn recall(store: &dyn Read, id: &LivechatId) -> Result<Option<Loaded>, StoreError> {
    let Some(snapshot) = store.snapshot(id).await? else { return Ok(None) };
    match check(store, id, snapshot).await? {
        Ok(loaded) => Ok(Some(loaded)),
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
) -> Result<Result<Loaded, Unusable>, StoreError> {
    let Found { livechat, receipts } = match snapshot.open() {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    let Ok(hash) = Hash::try_from(snapshot.record_hash.as_slice()) else {
        return Ok(Err(Unusable::Damaged));
    };
    let record = store.page(id, snapshot.position.saturating_sub(1), 1).await?;
    if !record.first().is_some_and(|record| record.position == snapshot.position && record.hash == hash) {
        return Ok(Err(Unusable::Stray));
    }
    Ok(Ok(Loaded {
        livechat,
        position: snapshot.position,
        hash,
        receipts,
        fate: std::sync::Arc::new(Fate::default()),
        snapshot_at: snapshot.position,
    }))
}

impl Journal {
    /// The state to keep, when it is time for a snapshot and no other is being written.
    pub(crate) fn moment_to_keep(&self, loaded: &mut Loaded) -> Option<(Moment, OwnedSemaphorePermit)> {
        if !loaded.deserves_snapshot() {
            return None;
        }
        let permit = self.0.snapshots.clone().try_acquire_owned().ok()?;
        loaded.snapshot_at = loaded.position;
        Some((Moment::of(loaded), permit))
    }

    /// Keeps a state that is durable, while others go on.
    pub(crate) fn keep_in_background(
        &self,
        livechat: &LivechatId,
        (moment, permit): (Moment, OwnedSemaphorePermit),
    ) {
        let (journal, livechat) = (self.clone(), livechat.clone());
        self.host().spawn(Box::pin(async move {
            journal.keep_snapshot(&livechat, moment).await;
            drop(permit);
        }));
    }

    /// Keeps a state that is durable. A snapshot that cannot be kept is missed by nobody but the clock.
    pub(crate) async fn keep_snapshot(&self, livechat: &LivechatId, moment: Moment) {
        let (done, written) = oneshot::channel();
        self.host().compute(Box::new(move || {
            // Whoever wanted it waits for it.
            let _ = done.send(moment.write_down());
        }));
        let written = written.await;
        let kept: Result<(), BoxError> = match written {
            Ok(Ok(snapshot)) => self.0.store.keep(livechat, &snapshot).await.map_err(Into::into),
            Ok(Err(error)) => Err(error.into()),
            Err(error) => Err(error.into()),
        };
        match kept {
            Ok(()) => metrics::counter!("journal_snapshots_total").increment(1),
            Err(error) => tracing::warn!(livechat = %livechat, %error, "a snapshot could not be kept"),
        }
    }
}
