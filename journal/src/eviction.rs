//! Idle livechats leave memory and come back on demand: what is in memory is bounded, whatever the number
//! of livechats.
//!
//! What a livechat takes is counted in entries: operators, live conversations, those that ended a short
//! time ago, commands remembered; each is a hundred bytes or a few. A livechat goes when nobody has used
//! it for [`Limits::idle`], or when all together hold more than [`Limits::entries_max`], the longest
//! unused first. It leaves a snapshot behind, so that coming back is cheap. One that is being used, or
//! that waits for the disk, stays.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::LivechatId;
use tokio::time::Instant;

pub use crate::memory_use::{Limits, Usage};

use crate::journal::{Journal, WeakJournal};
use crate::memory_use::MemoryUse;
use crate::metric::as_f64;
use crate::resident::Resident;
use crate::timekeeper_messages::SCAN_INTERVAL;

/// How often idle livechats are looked for.
const PERIOD: Duration = Duration::from_secs(5);

/// Events since the last snapshot from which an evicted livechat leaves another.
const SNAPSHOT_ON_EVICTION_EVENTS: u64 = 100;

/// Evicts until the journal is gone.
pub(crate) async fn run(journal: WeakJournal, memory: Arc<MemoryUse>) {
    loop {
        tokio::select! {
            biased;
            () = tokio::time::sleep(PERIOD) => {}
            () = memory.full.notified() => {}
        }
        let Some(journal) = journal.upgrade() else { return };
        journal.tidy().await;
    }
}

/// A livechat that might be evicted.
struct Candidate {
    livechat: LivechatId,
    used_at: Instant,
    entries: usize,
}

impl Journal {
    /// Evicts livechats that are idle or too many, and returns what is left.
    pub async fn tidy(&self) -> Usage {
        let MemoryUse { limits, entries, .. } = &*self.0.memory;
        let mut usage = Usage::default();
        let mut candidates = Vec::new();
        for (livechat, slot) in self.livechats() {
            // One that is locked is being used.
            let Ok(slot) = slot.try_lock() else {
                usage.livechats += 1;
                continue;
            };
            let weight = slot.resident.as_ref().map_or(0, Resident::entries);
            usage.livechats += 1;
            usage.entries += weight;
            candidates.push(Candidate { livechat, used_at: slot.used_at, entries: weight });
        }
        candidates.sort_unstable_by(|one, other| {
            (one.used_at, &one.livechat).cmp(&(other.used_at, &other.livechat))
        });
        for candidate in candidates {
            if usage.entries <= limits.entries_max && candidate.used_at.elapsed() < limits.idle {
                break;
            }
            if self.evict(&candidate.livechat).await {
                usage.livechats -= 1;
                usage.entries -= candidate.entries;
            }
        }
        entries.store(usage.entries, Ordering::Relaxed);
        metrics::gauge!("journal_livechats_in_memory").set(as_f64(usage.livechats));
        metrics::gauge!("journal_entries_in_memory").set(as_f64(usage.entries));
        usage
    }

    /// Evicts one livechat, unless it is being used or waits for the disk.
    async fn evict(&self, livechat: &LivechatId) -> bool {
        let Some(slot) = self.find_slot(livechat) else { return false };
        let Ok(mut slot) = slot.try_lock_owned() else { return false };
        if let Some(resident) = &slot.resident {
            if !resident.is_settled() {
                return false;
            }
            if resident.position - resident.snapshot_at >= SNAPSHOT_ON_EVICTION_EVENTS {
                self.save_snapshot(livechat, resident.copy()).await;
            }
        }
        // A deadline near enough to fall between two scans of the timekeeper stays with it.
        let far = self.clock().now() + SCAN_INTERVAL + SCAN_INTERVAL;
        if slot.deadline.is_some_and(|deadline| deadline > far) {
            self.forget_deadline(livechat);
        }
        slot.resident = None;
        slot.deadline = None;
        self.remove_slot(livechat, slot);
        true
    }
}
