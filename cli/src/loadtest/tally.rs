//! What is counted and measured while the conversations are played.

use std::mem;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::dialogue_progress::Arrival;

/// Troubles kept with their text; beyond, they are only counted.
const TROUBLES_KEPT: usize = 20;

/// The running count.
#[derive(Debug)]
pub struct Tally {
    /// Conversations that ended.
    pub over: AtomicUsize,
    /// Visitors in the queue now.
    pub waiting: AtomicUsize,
    /// Messages sent, each once.
    pub sent: AtomicUsize,
    started: Instant,
    /// When a socket last received something, in milliseconds after the start.
    received_at: AtomicU64,
    counted: Mutex<Counted>,
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Counted {
    /// Messages sent, each once.
    pub sent: usize,
    /// Messages refused by the server for good.
    pub refused: usize,
    /// Messages that came twice on one side's sockets.
    pub delivered_again: u64,
    /// Messages before which another was missing.
    pub delivered_early: u64,
    /// Messages that had not come when the conversation ended.
    pub undelivered: usize,
    /// Messages that a desk did not get when it reconnected, since their conversation had ended by then.
    pub over_meanwhile: usize,
    /// From a request to its assignment, in microseconds.
    pub waits: Micros,
    /// From the sending of a message to the other side's socket, in microseconds.
    pub latencies: Micros,
    /// How many times a connection was lost and found again.
    pub reconnections: u64,
    /// What went wrong, in words; the first of them.
    pub troubles: Vec<String>,
    /// How many things went wrong.
    pub troubles_count: usize,
}

/// Durations in microseconds, to three digits, in bounded memory.
#[derive(Debug, Default)]
pub struct Micros(Option<Histogram<u64>>);

impl Micros {
    /// Adds one.
    pub fn record(&mut self, duration: Duration) {
        if self.0.is_none() {
            // Up to a day; the bounds are valid, so it is always some.
            self.0 = Histogram::new_with_bounds(1, 86_400_000_000, 3).ok();
        }
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
        }
    }

    /// The histogram, if there is anything in it.
    pub const fn histogram(&self) -> Option<&Histogram<u64>> {
        self.0.as_ref()
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            over: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            sent: AtomicUsize::new(0),
            started: Instant::now(),
            received_at: AtomicU64::new(0),
            counted: Mutex::default(),
        }
    }
}

impl Tally {
    /// Records that some socket received something.
    pub fn received(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.received_at.store(millis, Ordering::Relaxed);
    }

    /// How long no socket has received anything.
    pub fn silence(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.received_at.load(Ordering::Relaxed)))
    }

    /// Records how a message arrived.
    pub fn arrived(&self, arrival: Arrival) {
        match arrival {
            Arrival::InOrder => {}
            Arrival::Again => self.counted().delivered_again += 1,
            Arrival::Early => self.counted().delivered_early += 1,
        }
    }

    /// Records what a socket went through.
    pub fn socket(&self, reconnections: u64, doubled: u64) {
        let mut counted = self.counted();
        counted.reconnections += reconnections;
        counted.delivered_again += doubled;
    }

    /// Records that something went wrong.
    pub fn trouble(&self, what: impl FnOnce() -> String) {
        let mut counted = self.counted();
        counted.troubles_count += 1;
        if counted.troubles.len() < TROUBLES_KEPT {
            counted.troubles.push(what());
        }
    }

    /// The rest of the count.
    pub fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The whole count, at the end.
    pub fn take(&self) -> Counted {
        let counted = mem::take(&mut *self.counted());
        Counted { sent: self.sent.load(Ordering::Relaxed), ..counted }
    }
}
