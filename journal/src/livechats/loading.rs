//! Loads livechats from their logs when somebody needs them.

use std::sync::Arc;

use domain::LivechatId;

use super::damage::Damages;
use super::memory_use::MemoryUse;
use super::registry::Registry;
use super::resident::Resident;
use super::slot::{LivechatSlot, Loaded, loaded};
use super::snapshots::Snapshots;
use crate::error::Error;
use crate::log::store::Store;
use crate::subscription::Feed;
use crate::timekeeper::handle::Timekeeper;

/// The livechats in memory, and what loads them.
pub(crate) struct Livechats {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) memory: Arc<MemoryUse>,
    pub(crate) damages: Arc<Damages>,
    pub(crate) snapshots: Snapshots,
    pub(crate) feed: Arc<Feed>,
    pub(crate) timekeeper: Timekeeper,
}

impl Livechats {
    /// The livechat, locked and loaded, and its timers running.
    pub(crate) async fn lock(&self, livechat: &LivechatId) -> Result<Loaded, Error> {
        let mut resident = self.load(livechat).await?;
        self.report_deadline(livechat, &mut resident);
        Ok(resident)
    }

    /// The livechat, locked and loaded; its deadline is still to be reported. When it had been loaded
    /// before, what the log holds beyond what was published since (written though it was reported
    /// lost, or by another writer) is published.
    pub(crate) async fn load(&self, livechat: &LivechatId) -> Result<Loaded, Error> {
        let mut slot = self.registry.lock(livechat).await?;
        if slot.resident.as_ref().is_none_or(|resident| resident.generation.is_invalid()) {
            self.read(livechat, &mut slot).await?;
        }
        loaded(slot).ok_or(Error::Closed)
    }

    async fn read(&self, livechat: &LivechatId, slot: &mut LivechatSlot) -> Result<(), Error> {
        let published = slot.resident.as_ref().map(|resident| resident.generation.durable());
        self.damages.refuse(livechat)?;
        let read = Resident::from_log(self.store.as_ref(), livechat, published).await;
        self.damages.after_load(livechat, read.as_ref().err());
        let (mut resident, missed) = read?;
        self.memory.grow(resident.entries());
        if let Some(due) = self.snapshots.due(&mut resident) {
            self.snapshots.save_in_background(livechat, due);
        }
        let anew = published.is_none() && resident.position > 0;
        slot.resident = Some(resident);
        if anew {
            self.feed.request_reread(livechat);
        }
        if !missed.is_empty() {
            self.feed.publish(Arc::new(missed));
        }
        // What the timekeeper knows may come from what was lost, or be a retry.
        self.timekeeper.forget(livechat);
        Ok(())
    }

    /// Reports to the timekeeper when this livechat has to be woken, if that has changed.
    pub(crate) fn report_deadline(&self, livechat: &LivechatId, resident: &mut Resident) {
        let deadline = resident.livechat.next_deadline();
        if deadline != resident.reported_deadline {
            resident.reported_deadline = deadline;
            self.timekeeper.set(livechat, deadline);
        }
    }
}
