//! The outcome of a run.

use serde::Serialize;

use super::faults::Counts;

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Which run.
    pub seed: u64,
    /// What was done, and which faults occurred.
    pub counts: Counts,
    /// A hash of every step and of the log: two runs of one seed have the same.
    pub trace: u64,
    /// The violation, if any.
    pub failure: Option<Failure>,
    /// What happened, line by line, if it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub story: Vec<String>,
}

/// A violated invariant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("seed {seed}, step {step}: {what}")]
pub struct Failure {
    /// In which run: the same seed reproduces it.
    pub seed: u64,
    /// After which step.
    pub step: u64,
    /// What does not hold.
    pub what: String,
}
