//! Simulation of the machine itself: the real rules, the real journal and the real folds, under a scheduler, a
//! clock and a database that are drawn from a seed.
//!
//! People ask, over a network that loses, doubles and reorders, of a process that falls at any await; the
//! database fails, is slow, commits without telling; the process starts again over what is durable, soon or after hours;
//! its clock is set by times or by hours, back and ahead. After every
//! step the log is checked by a reader who trusts nobody. The same seed is the same run, to the last step.
//!
//! Read in this order:
//!
//! | file | what |
//! |---|---|
//! | `plan` | what a seed stands for |
//! | `run` | one run: steps, falls, the verdict |
//! | `scheduler`, `host`, `rng` | who goes on next, and what a process believes to be its machine |
//! | `disk`, `store`, `faults` | what is durable, and what goes wrong on the way there |
//! | `people`, `sections`, `client` | who asks for what, and how |
//! | `history` | who was told what |
//! | `truth` | what the log says, checked record by record with [`crate::invariants`] |
//! | `watch`, `rows` | feeds and projections |
//!
//! Not simulated: the databases and their drivers (a commit is one time here; the conformance and crash tests
//! have the real ones), the transaction of the projections' runner (the folds are the real ones; rows and
//! checkpoint move together here by construction), and HTTP.
//!
//! Invariant: nothing here reads the time, the threads or the chance of the machine it runs on.

mod actors;
mod client;
mod client_history;
mod cluster;
mod disk;
mod faults;
mod host;
mod observers;
mod oracle;
mod plan;
mod rng;
mod rows;
mod run;
mod scheduler;
mod settings_gen;
mod store;

use plan::Plan;
use rng::SimRng;
use serde::Serialize;

pub use faults::Counts;

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Which run.
    pub seed: u64,
    /// What was done, and what went wrong.
    pub counts: Counts,
    /// A hash of every step and of the log: two runs of one seed have the same.
    pub trace: u64,
    /// What does not hold, if anything.
    pub failure: Option<Failure>,
    /// What happened, line by line, if it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub story: Vec<String>,
}

/// Something that should always hold, and did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("seed {seed}, step {step}: {what}")]
pub struct Failure {
    /// In which run: the same seed shows it again.
    pub seed: u64,
    /// After which step.
    pub step: u64,
    /// What does not hold.
    pub what: String,
}

/// Runs one seed to its end, or to the first thing that does not hold. With `story`, tells all that happened.
///
/// It runs on this thread and has a runtime of its own: call it from outside of any other.
///
/// # Errors
/// When there is no runtime to be had from the system.
pub fn simulate(seed: u64, story: bool) -> Result<Outcome, std::io::Error> {
    let rng = SimRng::of(seed);
    let plan = Plan::of(&rng);
    run::run(seed, &plan, rng, story)
}

/// A short run in which one thing goes wrong: the process falls after this step. `None` is a run without a
/// fall, whose number of steps tells where it can fall. `disk_goes_on` tells whether what was sent to the
/// database by then may still be committed, or falls too.
///
/// # Errors
/// As [`simulate`].
pub fn crash_once(seed: u64, after: Option<u64>, disk_goes_on: bool) -> Result<Outcome, std::io::Error> {
    run::run(seed, &Plan::small(after, disk_goes_on), SimRng::of(seed), false)
}
