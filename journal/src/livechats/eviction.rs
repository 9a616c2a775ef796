//! Idle livechats leave memory and come back on demand: what is in memory is bounded, whatever the number
//! of livechats.
//!
//! What a livechat takes is counted in entries: operators, live conversations, those that ended a short
//! time ago, commands remembered; each is a hundred bytes or a few. A livechat goes when nobody has used
//! it for [`Limits::idle`], or when all together hold more than [`Limits::entries_max`], the longest
//! unused first. It leaves a snapshot behind, so that coming back is cheap. One that is being used, or
//! that waits for the disk, stays.

use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::LivechatId;
use tokio::time::Instant;

use super::memory_use::MemoryUse;
use super::registry::Registry;
use super::resident::Resident;
use super::snapshots::Snapshots;
use crate::clock::Clock;
use crate::metric::as_f64;
use crate::timekeeper::handle::{SCAN_INTERVAL, Timekeeper};

pub use super::memory_use::{Limits, Usage};

/// How often idle livechats are looked for.
const PERIOD: Duration = Duration::from_secs(5);

/// Events since the last snapshot from which an evicted livechat leaves another.
const SNAPSHOT_ON_EVICTION_EVENTS: u64 = 100;

/// Evicts livechats.
pub(crate) struct Eviction {
    pub(crate) registry: Arc<Registry>,
    pub(crate) memory: Arc<MemoryUse>,
    pub(crate) snapshots: Snapshots,
    pub(crate) timekeeper: Timekeeper,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A livechat that might be evicted.
struct Candidate {
    livechat: LivechatId,
    used_at: Instant,
    entries: usize,
}

/// Evicts until the journal is gone.
pub(crate) async fn run(eviction: Weak<Eviction>, memory: Arc<MemoryUse>) {
    loop {
        tokio::select! {
            biased;
            () = tokio::time::sleep(PERIOD) => {}
            () = memory.is_full() => {}
        }
        let Some(eviction) = eviction.upgrade() else { return };
        eviction.tidy().await;
    }
}

impl Eviction {
    /// Evicts livechats that are idle or too many, and returns what is left.
    pub(crate) async fn tidy(&self) -> Usage {
        let limits = &self.memory.limits;
        let (mut usage, candidates) = self.candidates();
        for candidate in candidates {
            if usage.entries <= limits.entries_max && candidate.used_at.elapsed() < limits.idle {
                break;
            }
            if self.evict(&candidate.livechat).await {
                usage.livechats -= 1;
                usage.entries -= candidate.entries;
            }
        }
        self.memory.counted(usage.entries);
        metrics::gauge!("journal_livechats_in_memory").set(as_f64(usage.livechats));
        metrics::gauge!("journal_entries_in_memory").set(as_f64(usage.entries));
        usage
    }

    /// What is in memory, and which of it might be evicted, the longest unused first.
    fn candidates(&self) -> (Usage, Vec<Candidate>) {
        let mut usage = Usage::default();
        let mut candidates = Vec::new();
        for (livechat, slot) in self.registry.all() {
            usage.livechats += 1;
            // One that is locked is being used.
            let Ok(slot) = slot.try_lock() else { continue };
            let entries = slot.resident.as_ref().map_or(0, Resident::entries);
            usage.entries += entries;
            candidates.push(Candidate { livechat, used_at: slot.used_at, entries });
        }
        candidates.sort_unstable_by(|one, other| {
            (one.used_at, &one.livechat).cmp(&(other.used_at, &other.livechat))
        });
        (usage, candidates)
    }

    /// Evicts one livechat, unless it is being used or waits for the disk.
    async fn evict(&self, livechat: &LivechatId) -> bool {
        let Some(slot) = self.registry.find(livechat) else { return false };
        let Ok(mut slot) = slot.try_lock_owned() else { return false };
        if let Some(resident) = &slot.resident {
            if !resident.is_settled() {
                return false;
            }
            if resident.position - resident.snapshot_at >= SNAPSHOT_ON_EVICTION_EVENTS {
                self.snapshots.save(livechat, resident.copy()).await;
            }
            // A deadline near enough to fall between two scans of the timekeeper stays with it.
            let far = self.clock.now() + SCAN_INTERVAL + SCAN_INTERVAL;
            if resident.reported_deadline.is_some_and(|deadline| deadline > far) {
                self.timekeeper.forget(livechat);
            }
        }
        slot.resident = None;
        self.registry.remove(livechat, slot);
        true
    }
}
