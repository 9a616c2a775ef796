//! One loading of a livechat: how far its events are durable, and whether it is still valid.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::log::record::Position;

/// One loading of a livechat: how far its events are durable, and whether it is still valid. Shared with the writer.
#[derive(Debug, Default)]
pub(crate) struct Generation {
    durable: AtomicU64,
    invalid: AtomicBool,
}

impl Generation {
    pub(crate) fn durable(&self) -> Position {
        self.durable.load(Ordering::Acquire)
    }

    pub(crate) fn made_durable(&self, position: Position) {
        self.durable.fetch_max(position, Ordering::AcqRel);
    }

    /// A batch failed: the state in memory holds events that are not in the log.
    pub(crate) fn invalidate(&self) {
        self.invalid.store(true, Ordering::Release);
    }

    /// Guards the state while a rule runs: should it panic, the half-changed state is not used.
    pub(crate) fn panic_guard(self: &Arc<Self>) -> PanicGuard {
        PanicGuard(self.clone())
    }

    pub(crate) fn is_invalid(&self) -> bool {
        self.invalid.load(Ordering::Acquire)
    }
}

/// See [`Generation::panic_guard`].
pub(crate) struct PanicGuard(Arc<Generation>);

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.invalidate();
        }
    }
}
