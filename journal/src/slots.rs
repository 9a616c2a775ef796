//! The places of livechats in memory: one each, locked by whoever works on it, loaded when it is needed.
//!
//! Invariant: there are never two places of one livechat. One is taken away only while nobody holds it and
//! nobody can ask for it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use domain::{Instant, LivechatId};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::Error;
use crate::journal::Journal;
use crate::loaded::Loaded;
use crate::store::StoreError;
use crate::timekeeper::News;

/// How long a livechat may be locked before those who wait for it are told to try again: a rule takes
/// microseconds, so that it is being loaded, and the database does not answer or has a lot to say.
const LOCK_MAX: Duration = Duration::from_secs(5);

/// The place of a livechat in memory, loaded or not.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) loaded: Option<Loaded>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) used_at: tokio::time::Instant,
}

impl Default for Slot {
    fn default() -> Self {
        Self { loaded: None, deadline: None, used_at: tokio::time::Instant::now() }
    }
}

impl Slot {
    /// Somebody uses it.
    fn touch(&mut self) {
        self.used_at = tokio::time::Instant::now();
    }
}

impl Journal {
    /// The livechat, locked and loaded, and its timers running.
    pub(crate) async fn lock(&self, livechat: &LivechatId) -> Result<OwnedMutexGuard<Slot>, Error> {
        let mut slot = self.load(livechat).await?;
        self.tell_deadline(livechat, &mut slot);
        Ok(slot)
    }

    /// The livechat, locked and loaded; its deadline is still to be told. When it had been loaded
    /// before, what the log holds beyond what was published since (written though it was reported
    /// lost, or by another writer) is published.
    pub(crate) async fn load(&self, livechat: &LivechatId) -> Result<OwnedMutexGuard<Slot>, Error> {
        let slot = {
            let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.entry(livechat.clone()).or_default().clone()
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
        if slot.loaded.as_ref().is_none_or(|loaded| loaded.fate.is_broken()) {
            let published = slot.loaded.as_ref().map(|loaded| loaded.fate.durable());
            self.0.damages.refuse(livechat)?;
            let store = self.0.store.as_ref();
            let read = Loaded::from_log(store, livechat, published).await;
            self.0.damages.loaded(livechat, read.as_ref().err());
            let (mut loaded, missed) = read?;
            self.0.memory.grew(&loaded);
            if let Some(moment) = self.moment_to_keep(&mut loaded) {
                self.keep_in_background(livechat, moment);
            }
            let anew = published.is_none() && loaded.position > 0;
            slot.loaded = Some(loaded);
            if anew {
                self.0.feed.look_again(livechat);
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
    pub(crate) fn tell_deadline(&self, livechat: &LivechatId, slot: &mut Slot) {
        let deadline = slot.loaded.as_ref().and_then(|loaded| loaded.livechat.next_deadline());
        if deadline != slot.deadline {
            slot.deadline = deadline;
            let _ = self.0.news.send(News::Deadline(livechat.clone(), deadline));
        }
    }

    /// Tells the timekeeper not to wake this livechat, or to ask the log when.
    pub(crate) fn forget_deadline(&self, livechat: &LivechatId) {
        let _ = self.0.news.send(News::Deadline(livechat.clone(), None));
    }

    /// Every livechat that has a place in memory.
    pub(crate) fn slots(&self) -> Vec<(LivechatId, Arc<Mutex<Slot>>)> {
        let slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.iter().map(|(livechat, slot)| (livechat.clone(), slot.clone())).collect()
    }

    /// The place of a livechat in memory.
    pub(crate) fn slot_if_there(&self, livechat: &LivechatId) -> Option<Arc<Mutex<Slot>>> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner).get(livechat).cloned()
    }

    /// Takes a place out of memory, unless somebody waits for it: there are never two of one livechat.
    pub(crate) fn forget_slot(&self, livechat: &LivechatId, slot: OwnedMutexGuard<Slot>) {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours and the table's: nobody can take another while the table is locked.
        if Arc::strong_count(OwnedMutexGuard::mutex(&slot)) == 2 {
            slots.remove(livechat);
        }
        drop(slot);
    }
}
