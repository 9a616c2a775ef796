//! The slot of a livechat in memory, loaded or not.

use tokio::sync::{OwnedMappedMutexGuard, OwnedMutexGuard};

use super::resident::Resident;

/// The slot of a livechat in memory, loaded or not.
#[derive(Debug)]
pub(crate) struct LivechatSlot {
    pub(super) resident: Option<Resident>,
    pub(super) used_at: tokio::time::Instant,
}

/// A livechat that is locked and loaded.
pub(crate) type Loaded = OwnedMappedMutexGuard<LivechatSlot, Resident>;

impl Default for LivechatSlot {
    fn default() -> Self {
        Self { resident: None, used_at: tokio::time::Instant::now() }
    }
}

impl LivechatSlot {
    /// Notes that it is being used.
    pub(super) fn touch(&mut self) {
        self.used_at = tokio::time::Instant::now();
    }
}

/// The livechat in a slot that is locked; nothing when it is not loaded.
pub(super) fn loaded(slot: OwnedMutexGuard<LivechatSlot>) -> Option<Loaded> {
    OwnedMutexGuard::try_map(slot, |slot| slot.resident.as_mut()).ok()
}
