//! The registry of livechats in memory: one slot each, locked by whoever works on it.
//!
//! Invariant: a livechat never has two slots. A slot is removed only while nobody holds it and nobody can ask
//! for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::LivechatId;
use tokio::sync::OwnedMutexGuard;

use super::slot::LivechatSlot;
use crate::log::store::StoreError;

/// How long a livechat may be locked before callers that wait for it are answered to try again: a rule takes
/// microseconds, so that it is being loaded, and the database does not answer or has a lot to say.
const LOCK_MAX: Duration = Duration::from_secs(5);

type Slot = Arc<tokio::sync::Mutex<LivechatSlot>>;

/// The slots of all livechats.
#[derive(Debug, Default)]
pub(crate) struct Registry(Mutex<HashMap<LivechatId, Slot>>);

impl Registry {
    fn slots(&self) -> MutexGuard<'_, HashMap<LivechatId, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The slot of a livechat, locked.
    ///
    /// # Errors
    /// When it is locked by others for too long.
    pub(super) async fn lock(
        &self,
        livechat: &LivechatId,
    ) -> Result<OwnedMutexGuard<LivechatSlot>, StoreError> {
        let slot = self.slots().entry(livechat.clone()).or_default().clone();
        // While the database is away, the holder of the lock waits for a connection and then gives up.
        // Callers behind it do not do the same one after the other, but are answered at the same time.
        let mut slot = match slot.clone().try_lock_owned() {
            Ok(slot) => slot,
            Err(_) => tokio::time::timeout(LOCK_MAX, slot.lock_owned())
                .await
                .map_err(|_| StoreError::Silent(LOCK_MAX))?,
        };
        slot.touch();
        Ok(slot)
    }

    /// Every livechat that has a slot.
    pub(super) fn all(&self) -> Vec<(LivechatId, Slot)> {
        self.slots().iter().map(|(livechat, slot)| (livechat.clone(), slot.clone())).collect()
    }

    /// The slot of a livechat, if it has one.
    pub(super) fn find(&self, livechat: &LivechatId) -> Option<Slot> {
        self.slots().get(livechat).cloned()
    }

    /// Removes a slot, unless somebody waits for it: a livechat never has two.
    pub(super) fn remove(&self, livechat: &LivechatId, slot: OwnedMutexGuard<LivechatSlot>) {
        let mut slots = self.slots();
        // Ours and the table's: nobody can take another while the table is locked.
        if Arc::strong_count(OwnedMutexGuard::mutex(&slot)) == 2 {
            slots.remove(livechat);
        }
        drop(slot);
    }
}
