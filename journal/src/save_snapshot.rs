//! When the state of a livechat is saved as a snapshot, and how: in the background, one at a time.

use domain::LivechatId;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::journal::Journal;
use crate::resident::Resident;
use crate::snapshot::StateCopy;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Journal {
    /// The state to save, when a snapshot is due and no other is being written.
    pub(crate) fn state_to_save(&self, resident: &mut Resident) -> Option<(StateCopy, OwnedSemaphorePermit)> {
        if !resident.deserves_snapshot() {
            return None;
        }
        let permit = self.0.snapshots.clone().try_acquire_owned().ok()?;
        resident.snapshot_at = resident.position;
        Some((resident.copy(), permit))
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
