//! How much may be in memory, and how much is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::resident::Resident;

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
    pub(crate) limits: Limits,
    pub(crate) entries: AtomicUsize,
    pub(crate) full: Notify,
}

impl MemoryUse {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, entries: AtomicUsize::new(0), full: Notify::new() }
    }

    /// A livechat was loaded.
    pub(crate) fn grow(&self, resident: &Resident) {
        let before = self.entries.fetch_add(resident.entries(), Ordering::Relaxed);
        if before + resident.entries() > self.limits.entries_max {
            self.full.notify_one();
        }
    }
}
