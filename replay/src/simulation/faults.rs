//! Faults: the planned rates, and how often each occurred.

use std::ops::AddAssign;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

/// Rates of faults, per thousand unless stated otherwise; 0 = never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rates {
    /// An append that is not written and fails.
    pub(super) append_fails: u32,
    /// An append that is written and fails: the acknowledgement of the database is lost.
    pub(super) append_unconfirmed: u32,
    /// An append that takes a second or a few.
    pub(super) append_slow: u32,
    /// An append that the database keeps silent about for longer than the writer waits, and commits then.
    pub(super) append_silent: u32,
    /// A reading that fails.
    pub(super) read_fails: u32,
    /// A reading that takes a second or a few.
    pub(super) read_slow: u32,
    /// A snapshot that cannot be kept, or is damaged on the disk.
    pub(super) snapshot_spoiled: u32,
    /// A text that the database refuses to store.
    pub(super) poison: u32,
    /// An answer that does not arrive.
    pub(super) answer_lost: u32,
    /// A request that arrives twice, at any time.
    pub(super) doubled: u32,
    /// A client that goes away in the middle of a request, and repeats it later.
    pub(super) abandoned: u32,
    /// A connection that breaks, at each record of a feed.
    pub(super) feed_breaks: u32,
    /// A batch that the projections are given again, or later than the next.
    pub(super) batch_disordered: u32,
    /// The projections crash, at each batch.
    pub(super) projections_fall: u32,
    /// The clock of the machine is set back or forward by up to two seconds, every minute or sooner.
    pub(super) clock_set: u32,
    /// The clock of the machine is set by hours, back or ahead, every minute or sooner.
    pub(super) clock_stepped: u32,
    /// A machine that stays down for up to two hours when its process crashes.
    pub(super) down_long: u32,
    /// Apparent crashes: the process lives on for a while, cut off from everything but the database.
    pub(super) split: u32,
    /// Steps between two crashes, on average; 0 = no crash.
    pub(super) crash_steps: u64,
}

/// What was done, and which faults occurred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Events in the log.
    pub events: u64,
    /// Commands that were asked for.
    pub commands: u64,
    /// Steps: polls of a task, each of which ends at an await.
    pub steps: u64,
    /// Processes that crashed, at any await.
    pub crashes: u64,
    /// Processes that lived on, cut off from everything but the database, while another took their place.
    pub splits: u64,
    /// Faults of the database: appends and readings that failed, were slow or silent, spoiled snapshots.
    pub store_faults: u64,
    /// Commits whose acknowledgement was lost, by the database or with the process.
    pub commits_unconfirmed: u64,
    /// Answers that were lost on the way.
    pub answers_lost: u64,
    /// Requests that were sent again or arrived twice.
    pub repeated: u64,
    /// Requests that were abandoned in the middle.
    pub abandoned: u64,
    /// Feeds that broke off and were resumed.
    pub feeds_resumed: u64,
    /// Batches that came again or out of order, and crashes of the projections.
    pub disordered: u64,
    /// Times that the clock was set.
    pub clock_set: u64,
    /// Times that it was set by more than is held, back or ahead.
    pub clock_stepped: u64,
    /// Times that no process was up for ten minutes or more.
    pub outages: u64,
    /// Snapshots kept.
    pub snapshots: u64,
    /// Livechats that were loaded again and compared with their log.
    pub compared: u64,
    /// Simulated seconds.
    pub seconds: u64,
}

impl Counts {
    /// All injected faults.
    pub const fn faults(&self) -> u64 {
        self.crashes
            + self.splits
            + self.store_faults
            + self.answers_lost
            + self.repeated
            + self.abandoned
            + self.feeds_resumed
            + self.disordered
            + self.clock_set
            + self.clock_stepped
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.events += other.events;
        self.commands += other.commands;
        self.steps += other.steps;
        self.crashes += other.crashes;
        self.splits += other.splits;
        self.store_faults += other.store_faults;
        self.commits_unconfirmed += other.commits_unconfirmed;
        self.answers_lost += other.answers_lost;
        self.repeated += other.repeated;
        self.abandoned += other.abandoned;
        self.feeds_resumed += other.feeds_resumed;
        self.disordered += other.disordered;
        self.clock_set += other.clock_set;
        self.clock_stepped += other.clock_stepped;
        self.outages += other.outages;
        self.snapshots += other.snapshots;
        self.compared += other.compared;
        self.seconds += other.seconds;
    }
}

/// The faults of one run. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Faults(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    pub(super) rates: Rates,
    pub(super) counts: Counts,
    /// When the last fault was over: timers are late by it at most.
    last: Instant,
    /// Faults that last at this time.
    under_way: usize,
}

/// A fault that lasts until this is dropped.
pub(super) struct UnderWay(Faults);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way -= 1;
        state.last = Instant::now();
    }
}

impl Faults {
    pub(super) fn of(rates: Rates) -> Self {
        let state = State { rates, counts: Counts::default(), last: Instant::now(), under_way: 0 };
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn rates(&self) -> Rates {
        self.state().rates
    }

    /// A fault lasted until now.
    pub(super) fn note(&self, count: impl FnOnce(&mut Counts)) {
        let mut state = self.state();
        count(&mut state.counts);
        state.last = Instant::now();
    }

    /// A fault of the database lasts until this is dropped.
    pub(super) fn of_the_store(&self) -> UnderWay {
        let mut state = self.state();
        state.counts.store_faults += 1;
        state.under_way += 1;
        UnderWay(self.clone())
    }

    /// Has there been no fault for longer than this?
    pub(super) fn calm_for(&self, time: Duration) -> bool {
        let state = self.state();
        state.under_way == 0 && state.last.elapsed() > time
    }

    /// No faults from now on.
    pub(super) fn over(&self) {
        self.state().rates = Rates::default();
    }

    /// Are the faults over?
    pub(super) fn are_over(&self) -> bool {
        self.rates() == Rates::default()
    }
}
