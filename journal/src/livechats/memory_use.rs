//! How much may be in memory, and how much is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// What may be kept in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of all livechats together, 1 or more. Four million take about one gigabyte.
    pub entries_max: usize,
    /// How long an unused livechat stays.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries_max: 4_000_000, idle: Duration::from_secs(600) }
    }
}

/// How much is in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Livechats in memory.
    pub livechats: usize,
    /// Entries of all of them together.
    pub entries: usize,
}

/// What is known between two passes.
#[derive(Debug)]
pub(crate) struct MemoryUse {
    pub(super) limits: Limits,
    entries: AtomicUsize,
    full: Notify,
}

impl MemoryUse {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, entries: AtomicUsize::new(0), full: Notify::new() }
    }

    /// A livechat of so many entries was loaded.
    pub(super) fn grow(&self, entries: usize) {
        let before = self.entries.fetch_add(entries, Ordering::Relaxed);
        if before + entries > self.limits.entries_max {
            self.full.notify_one();
        }
    }

    /// There are so many entries, as they were just counted.
    pub(super) fn counted(&self, entries: usize) {
        self.entries.store(entries, Ordering::Relaxed);
    }

    /// Returns when there is more than there may be.
    pub(super) async fn is_full(&self) {
        self.full.notified().await;
    }
}
