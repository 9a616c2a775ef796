//! Idle livechats leave memory and come back on demand: what is in memory is bounded, whatever the number
//! of livechats.
//!
//! What a livechat takes is counted in entries: operators, live conversations, those that ended a short
//! time ago, commands remembered; each is a hundred bytes or a few. A livechat goes when nobody has used
//! it for [`Limits::idle`], or when all together hold more than [`Limits::entries_max`], the longest
//! unused first. It leaves a snapshot behind, so that coming back is cheap. One that is being used, or
//! that waits for the disk, stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::LivechatId;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::figure::figure;
use crate::journal::{Journal, WeakJournal};
use crate::loaded::Loaded;
use crate::snapshot::Moment;
use crate::timekeeper::ROUND;

/// How often idle livechats are looked for.
const PERIOD: Duration = Duration::from_secs(5);

/// Events since the last snapshot for which a livechat that goes leaves another.
const PARTING_EVENTS: u64 = 100;

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

/// What is known between two looks.
#[derive(Debug)]
pub(crate) struct Memory {
    limits: Limits,
    entries: AtomicUsize,
    full: Notify,
}

impl Memory {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, entries: AtomicUsize::new(0), full: Notify::new() }
    }

    /// A livechat was loaded.
    pub(crate) fn grew(&self, loaded: &Loaded) {
        let before = self.entries.fetch_add(loaded.entries(), Ordering::Relaxed);
        if before + loaded.entries() > self.limits.entries_max {
            self.full.notify_one();
        }
    }
}

/// Keeps the memory tidy until the journal is gone.
pub(crate) async fn run(journal: WeakJournal, memory: Arc<Memory>) {
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

/// A livechat that might go.
struct Candidate {
    livechat: LivechatId,
    used_at: Instant,
    entries: usize,
}

impl Journal {
    /// Lets go of livechats that are idle or too many, and tells what is left.
    pub async fn tidy(&self) -> Usage {
        let Memory { limits, entries, .. } = &*self.0.memory;
        let mut usage = Usage::default();
        let mut candidates = Vec::new();
        for (livechat, slot) in self.slots() {
            // One that is locked is being used.
            let Ok(slot) = slot.try_lock() else {
                usage.livechats += 1;
                continue;
            };
            let weight = slot.loaded.as_ref().map_or(0, Loaded::entries);
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
            if self.let_go(&candidate.livechat).await {
                usage.livechats -= 1;
                usage.entries -= candidate.entries;
            }
        }
        entries.store(usage.entries, Ordering::Relaxed);
        metrics::gauge!("journal_livechats_in_memory").set(figure(usage.livechats));
        metrics::gauge!("journal_entries_in_memory").set(figure(usage.entries));
        usage
    }

    /// Lets go of one livechat, unless it is being used or waits for the disk.
    async fn let_go(&self, livechat: &LivechatId) -> bool {
        let Some(slot) = self.slot_if_there(livechat) else { return false };
        let Ok(mut slot) = slot.try_lock_owned() else { return false };
        if let Some(loaded) = &slot.loaded {
            if !loaded.is_settled() {
                return false;
            }
            if loaded.position - loaded.snapshot_at >= PARTING_EVENTS {
                self.keep_snapshot(livechat, Moment::of(loaded)).await;
            }
        }
        // A deadline near enough to fall between two rounds of the timekeeper stays with it.
        let far = self.clock().now() + ROUND + ROUND;
        if slot.deadline.is_some_and(|deadline| deadline > far) {
            self.forget_deadline(livechat);
        }
        slot.loaded = None;
        slot.deadline = None;
        self.forget_slot(livechat, slot);
        true
    }
}
