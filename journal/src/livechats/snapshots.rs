//! When the state of a livechat is saved as its newest snapshot, and how: in the background, one at a time.

use std::sync::Arc;

use domain::LivechatId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::resident::Resident;
use super::state_copy::StateCopy;
use crate::log::store::Store;
use crate::runtime::Runtime;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Saves snapshots. Clones share the one turn.
#[derive(Clone)]
pub(crate) struct Snapshots {
    store: Arc<dyn Store>,
    runtime: Arc<dyn Runtime>,
    one_at_a_time: Arc<Semaphore>,
}

/// A snapshot that is due, and the turn to save it.
pub(crate) struct Due {
    state: StateCopy,
    turn: OwnedSemaphorePermit,
}

impl Snapshots {
    pub(crate) fn new(store: Arc<dyn Store>, runtime: Arc<dyn Runtime>) -> Self {
        Self { store, runtime, one_at_a_time: Arc::new(Semaphore::new(1)) }
    }

    /// The state to save, when a snapshot is due and no other is being written.
    pub(crate) fn due(&self, resident: &mut Resident) -> Option<Due> {
        if !resident.deserves_snapshot() {
            return None;
        }
        let turn = self.one_at_a_time.clone().try_acquire_owned().ok()?;
        resident.snapshot_at = resident.position;
        Some(Due { state: resident.copy(), turn })
    }

    /// Saves a state that is durable, in the background.
    pub(crate) fn save_in_background(&self, livechat: &LivechatId, Due { state, turn }: Due) {
        let (snapshots, livechat) = (self.clone(), livechat.clone());
        self.runtime.spawn(Box::pin(async move {
            snapshots.save(&livechat, state).await;
            drop(turn);
        }));
    }

    /// Saves a state that is durable. Without the snapshot, loading only takes longer.
    pub(super) async fn save(&self, livechat: &LivechatId, state: StateCopy) {
        let (done, serialized) = oneshot::channel();
        let id = livechat.clone();
        self.runtime.compute(Box::new(move || {
            // The caller waits for it.
            let _ = done.send(state.serialize(&id));
        }));
        let saved: Result<(), BoxError> = match serialized.await {
            Ok(Ok(snapshot)) => self.store.save_snapshot(livechat, &snapshot).await.map_err(Into::into),
            Ok(Err(error)) => Err(error.into()),
            Err(error) => Err(error.into()),
        };
        match saved {
            Ok(()) => metrics::counter!("journal_snapshots_total").increment(1),
            Err(error) => tracing::warn!(livechat = %livechat, %error, "a snapshot could not be saved"),
        }
    }
}
