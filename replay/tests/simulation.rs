//! The machine itself, simulated: whatever goes wrong, what always holds, holds.
//!
//! A failure names its seed. `pupitre replay selftest --seed N` repeats it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use pupitre_replay::simulation::{Counts, Outcome, crash_once, simulate};

/// Seeds that are run each time.
const FIXED: std::ops::Range<u64> = 0..8;
/// Seeds that nobody has run before.
const RANDOM: u64 = 3;

fn holds(outcome: Outcome) -> Counts {
    match outcome.failure {
        None => outcome.counts,
        Some(failure) => panic!("{failure}"),
    }
}

#[test]
fn what_always_holds_does_so_whatever_goes_wrong() {
    let mut all = Counts::default();
    for seed in FIXED {
        all += holds(simulate(seed, false).unwrap());
    }
    println!("{all:?}");
    let of_the_store = [all.store_faults, all.commits_unconfirmed];
    let happened =
        [all.crashes, all.repeated, all.feeds_resumed, all.clock_set, all.clock_stepped, all.outages];
    let happened = [happened.as_slice(), &of_the_store].concat();
    assert!(happened.iter().all(|count| *count > 0), "{all:?} lacks something");
}

#[test]
fn and_so_it_does_with_seeds_that_nobody_has_tried() {
    let first =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() * RANDOM;
    for seed in first..first + RANDOM {
        holds(simulate(seed, false).unwrap());
    }
}

#[test]
fn a_seed_is_a_run_to_the_last_step() {
    let mut all = std::collections::BTreeSet::new();
    let traces = |seed| [(); 2].map(|()| simulate(seed, false).unwrap());
    for seed in [2, 5] {
        let [one, other] = traces(seed);
        assert_eq!(one, other);
        all.insert(one.trace);
    }
    assert_eq!(all.len(), 2, "two seeds are the same run");
}

/// Falls of a small run that are tried each time; other ones the next time.
const FALLS: usize = 60;

/// One fall at each of these steps, of those that the run without a fall has.
fn falls(steps_of: impl Fn(u64) -> Vec<u64>) {
    let all = holds(crash_once(1, None, true).unwrap()).steps;
    for step in steps_of(all) {
        for disk_goes_on in [true, false] {
            let counts = holds(crash_once(1, Some(step), disk_goes_on).unwrap());
            assert_eq!(counts.crashes, 1, "no fall after step {step} of {all}");
        }
    }
}

#[test]
fn a_process_may_fall_at_any_await() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    falls(|all| {
        let apart = (usize::try_from(all).unwrap() / FALLS).max(1);
        (1 + now % apart as u64..=all).step_by(apart).collect()
    });
}

#[test]
#[ignore = "minutes: run it with --ignored after a change of the journal"]
fn a_process_may_fall_at_every_await() {
    falls(|all| (1..=all).collect());
}
