//! Simulation of everything around the rules: the real rules, the real journal and the real folds run under a scheduler,
//! a clock and a database that are driven by a seed.
//!
//! Actors send requests, over a network that loses, duplicates and reorders them, to a process that crashes at any await;
//! the database fails, is slow, commits without acknowledging; the process starts again from what is durable, soon or
//! after hours; its clock is set by milliseconds or by hours, back and ahead. After every step an independent reader
//! checks the log. The same seed is the same run, to the last step.
//!
//! Read in this order:
//!
//! | file | what |
//! |---|---|
//! | `plan` | what a seed stands for |
//! | `run`, `process`, `cluster` | one run: steps, crashes, the verdict; what starts; what everything shares |
//! | `scheduler`, `host`, `rng` | what runs next, and what a process takes for its machine |
//! | `disk`, `store`, `faults` | what is durable, and what goes wrong on the way there |
//! | `actors`, `settings_gen`, `client` | the requests, and their clients |
//! | `client_history` | what each client was answered |
//! | `oracle` | what the log says, checked record by record with [`crate::invariants`] |
//! | `observers`, `rows` | feeds and projections |
//!
//! Not simulated: the databases and their drivers (a commit is instantaneous here; the conformance and crash tests
//! have the real ones), the transaction of the projections' runner (the folds are the real ones; rows and
//! checkpoint move together here by construction), and HTTP.
//!
//! Invariant: nothing here depends on the time, the threads or the randomness of the machine it runs on.

mod actors;
mod client;
mod client_history;
mod cluster;
mod disk;
mod faults;
mod host;
mod observers;
mod oracle;
mod outcome;
mod plan;
mod process;
mod rng;
mod rows;
mod run;
mod scheduler;
mod settings_gen;
mod store;

use plan::Plan;
use rng::SimRng;

pub use faults::Counts;
pub use outcome::{Failure, Outcome};

/// Runs one seed to its end, or to the first violation. With `story`, reports everything that happened.
///
/// It runs on this thread and has a runtime of its own: call it from outside of any other.
///
/// # Errors
/// When the system cannot provide a runtime.
pub fn simulate(seed: u64, story: bool) -> Result<Outcome, std::io::Error> {
    let rng = SimRng::of(seed);
    let plan = Plan::of(&rng);
    run::run(seed, &plan, rng, story)
}

/// A short run with one fault: the process crashes after this step. `None` is a run without a
/// crash, whose number of steps shows where it can crash. `disk_goes_on` says whether what was sent to the
/// database by then may still be committed, or is lost too.
///
/// # Errors
/// As [`simulate`].
pub fn crash_once(seed: u64, after: Option<u64>, disk_goes_on: bool) -> Result<Outcome, std::io::Error> {
    run::run(seed, &Plan::small(after, disk_goes_on), SimRng::of(seed), false)
}
