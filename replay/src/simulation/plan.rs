//! The plan of a seed: how many people, how fast, and the rates of faults.
//!
//! Each seed has some of the faults only, at rates of its own: what one fault hides, another seed shows.

use std::time::Duration;

use journal::eviction::Limits;

use super::faults::Rates;
use super::rng::SimRng;

/// A run, before it begins.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) livechats: usize,
    pub(super) visitors: usize,
    pub(super) operators: usize,
    /// Commands that people ask for, beside those that set everything up.
    pub(super) commands: u64,
    /// Milliseconds between two `timed_acts` of a person, at most, when there is no silence.
    pub(super) pace_ms: u64,
    /// How long everything is left alone at the end, twice: timers fire, feeds and projections catch up.
    pub(super) quiet: Duration,
    pub(super) rates: Rates,
    pub(super) limits: Limits,
    pub(super) queue_commands_max: usize,
    /// Whether the process crashes once more after all other faults.
    pub(super) crashes_at_the_end: bool,
    /// The one step after which the process crashes, in place of random crashes.
    pub(super) crash_at: Option<u64>,
    /// Whether what was sent to the database goes on when the process crashes.
    pub(super) disk_goes_on: bool,
}

impl Plan {
    /// What this seed stands for.
    pub(super) fn of(rng: &SimRng) -> Self {
        let some = |at_most: usize| {
            let rate = u32::try_from(1 + rng.below(at_most)).unwrap_or(0);
            if rng.chance(500) { rate } else { 0 }
        };
        let rates = Rates {
            append_fails: some(60),
            append_unconfirmed: some(60),
            append_slow: some(60),
            append_silent: some(15),
            read_fails: some(100),
            read_slow: some(40),
            snapshot_spoiled: some(500),
            poison: some(30),
            answer_lost: some(60),
            doubled: some(150),
            abandoned: some(100),
            feed_breaks: some(40),
            batch_disordered: some(150),
            projections_fall: some(40),
            clock_set: some(300),
            clock_stepped: some(400),
            down_long: some(100),
            split: some(400),
            crash_steps: if rng.chance(850) { 200 + rng.below(4_000) as u64 } else { 0 },
        };
        let idle = Duration::from_secs(*rng.pick(&[6, 20, 600]).unwrap_or(&600));
        Self {
            livechats: 1 + rng.below(3),
            visitors: 2 + rng.below(6),
            operators: 1 + rng.below(4),
            commands: 150 + rng.below(250) as u64,
            pace_ms: *rng.pick(&[20, 400, 4_000, 15_000]).unwrap_or(&400),
            quiet: Duration::from_secs(600),
            rates,
            limits: Limits { entries_max: if rng.chance(300) { 20 } else { 4_000_000 }, idle },
            queue_commands_max: *rng.pick(&[2, 8, 10_000]).unwrap_or(&10_000),
            crashes_at_the_end: true,
            crash_at: None,
            disk_goes_on: true,
        }
    }

    /// A short run whose only fault is one crash.
    pub(super) fn small(crash_at: Option<u64>, disk_goes_on: bool) -> Self {
        Self {
            livechats: 1,
            visitors: 2,
            operators: 2,
            commands: 16,
            pace_ms: 4_000,
            quiet: Duration::from_secs(60),
            rates: Rates::default(),
            limits: Limits::default(),
            queue_commands_max: 10_000,
            crashes_at_the_end: false,
            crash_at,
            disk_goes_on,
        }
    }
}
