//! What a verification found.

use std::time::Duration;

use serde::Serialize;

use super::finding::Findings;

/// What a verification found.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Livechats looked at.
    pub livechats: u64,
    /// Events folded and checked.
    pub events: u64,
    /// Snapshots that agree with the log.
    pub snapshots: u64,
    /// State snapshots that agree with the log.
    pub state_snapshots: u64,
    /// Floors of the projections that agree with the log.
    pub floors: u64,
    /// Snapshots of both kinds that other versions of the code created, which nobody reads.
    pub other_version: u64,
    /// What is wrong. A log is followed to its end despite violations, unless it cannot be read any further.
    #[serde(flatten)]
    pub found: Findings,
    /// How long it took.
    #[serde(skip)]
    pub elapsed: Duration,
}

impl Verified {
    /// Is nothing wrong?
    pub fn is_right(&self) -> bool {
        self.found.count() == 0
    }

    /// Events checked per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn events_per_second(&self) -> f64 {
        self.events as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }
}
