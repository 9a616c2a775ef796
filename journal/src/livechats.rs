//! The registry of livechats in memory: one slot each, locked by whoever works on it, loaded on demand.
//!
//! Invariant: a livechat never has two slots. A slot is removed only while nobody holds it and nobody can ask
//! for it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use domain::LivechatId;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::Error;
use crate::journal::Journal;
use crate::resident::Resident;
use crate::slot::LivechatSlot;
use crate::store::StoreError;
use crate::timekeeper_messages::Message;

/// How long a livechat may be locked before those who wait for it are told to try again: a rule takes
/// microseconds, so that it is being loaded, and the database does not answer or has a lot to say.
const LOCK_MAX: Duration = Duration::from_secs(5);

impl Journal {
    /// The livechat, locked and loaded, and its timers running.
    pub(crate) async fn lock(&self, livechat: &LivechatId) -> Result<OwnedMutexGuard<LivechatSlot>, Error> {
        let mut slot = self.load(livechat).await?;
        self.report_deadline(livechat, &mut slot);
        Ok(slot)
    }

    /// The livechat, locked and loaded; its deadline is still to be reported. When it had been loaded
    /// before, what the log holds beyond what was published since (written though it was reported
    /// lost, or by another writer) is published.
    pub(crate) async fn load(&self, livechat: &LivechatId) -> Result<OwnedMutexGuard<LivechatSlot>, Error> {
        let slot = {
            let mut livechats = self.0.livechats.lock().unwrap_or_else(PoisonError::into_inner);
            livechats.entry(livechat.clone()).or_default().clone()
        };
        // While the database is away, whoever holds the lock waits for a connection and then gives up.
        // Those behind it do not do the same one after the other, but are told at the same time.
        let mut slot = match slot.clone().try_lock_owned() {
            Ok(slot) => slot,
            Err(_) => tokio::time::timeout(LOCK_MAX, slot.lock_owned())
                .await
                .map_err(|_| StoreError::Silent(LOCK_MAX))?,
        };
        slot.touch();
        if slot.resident.as_ref().is_none_or(|resident| resident.generation.is_invalid()) {
            let published = slot.resident.as_ref().map(|resident| resident.generation.durable());
            self.0.damages.refuse(livechat)?;
            let store = self.0.store.as_ref();
            let read = Resident::from_log(store, livechat, published).await;
            self.0.damages.after_load(livechat, read.as_ref().err());
            let (mut resident, missed) = read?;
            self.0.memory.grow(&resident);
            if let Some(state) = self.state_to_save(&mut resident) {
                self.save_in_background(livechat, state);
            }
            let anew = published.is_none() && resident.position > 0;
            slot.resident = Some(resident);
            if anew {
                self.0.feed.request_reread(livechat);
            }
            if !missed.is_empty() {
                self.0.feed.publish(Arc::new(missed));
            }
            // What the timekeeper knows may come from what was lost, or be a retry.
            slot.deadline = None;
            self.forget_deadline(livechat);
        }
        Ok(slot)
    }

    /// Tells the timekeeper when this livechat has to be woken, if that has changed.
    pub(crate) fn report_deadline(&self, livechat: &LivechatId, slot: &mut LivechatSlot) {
        let deadline = slot.resident.as_ref().and_then(|resident| resident.livechat.next_deadline());
        if deadline != slot.deadline {
            slot.deadline = deadline;
            let _ = self.0.to_timekeeper.send(Message::Deadline(livechat.clone(), deadline));
        }
    }

    /// Tells the timekeeper not to wake this livechat, or to ask the log when.
    pub(crate) fn forget_deadline(&self, livechat: &LivechatId) {
        let _ = self.0.to_timekeeper.send(Message::Deadline(livechat.clone(), None));
    }

    /// Every livechat that has a slot.
    pub(crate) fn livechats(&self) -> Vec<(LivechatId, Arc<Mutex<LivechatSlot>>)> {
        let livechats = self.0.livechats.lock().unwrap_or_else(PoisonError::into_inner);
        livechats.iter().map(|(livechat, slot)| (livechat.clone(), slot.clone())).collect()
    }

    /// The slot of a livechat, if it has one.
    pub(crate) fn find_slot(&self, livechat: &LivechatId) -> Option<Arc<Mutex<LivechatSlot>>> {
        self.0.livechats.lock().unwrap_or_else(PoisonError::into_inner).get(livechat).cloned()
    }

    /// Removes a slot, unless somebody waits for it: a livechat never has two.
    pub(crate) fn remove_slot(&self, livechat: &LivechatId, slot: OwnedMutexGuard<LivechatSlot>) {
        let mut livechats = self.0.livechats.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours and the table's: nobody can take another while the table is locked.
        if Arc::strong_count(OwnedMutexGuard::mutex(&slot)) == 2 {
            livechats.remove(livechat);
        }
        drop(slot);
    }
}
