//! How long conversations take, for the wait that visitors are told (spec.md §Routing).

use std::collections::VecDeque;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::limits::{SERVICE_SECS_EXPECTED, SERVICE_TIMES_MAX};

/// The last service times: from the first assignment to the end, of conversations that were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceTimes {
    secs: VecDeque<i64>,
    sum: i64,
}

impl ServiceTimes {
    pub(crate) fn push(&mut self, time: TimeDelta) {
        let secs = time.num_seconds().max(0);
        self.secs.push_back(secs);
        self.sum += secs;
        while self.secs.len() > SERVICE_TIMES_MAX {
            self.sum -= self.secs.pop_front().unwrap_or_default();
        }
    }

    /// How long a conversation takes, in seconds: the mean of the last ones, or what is expected when
    /// none has ended yet.
    pub fn mean_secs(&self) -> i64 {
        let count = i64::try_from(self.secs.len()).unwrap_or(i64::MAX);
        if count == 0 { SERVICE_SECS_EXPECTED } else { self.sum / count }
    }

    /// Minutes, rounded up and at least 1, until the visitor at `position` (from 1) is served, when so many
    /// conversations are handled at once: one ends every mean ÷ `capacity`. `None` when none is handled.
    pub fn wait_minutes(&self, position: usize, capacity: usize) -> Option<u32> {
        let (position, capacity) = (i64::try_from(position).ok()?, i64::try_from(capacity).ok()?);
        if capacity == 0 {
            return None;
        }
        let secs = self.mean_secs().saturating_mul(position) / capacity;
        u32::try_from((secs + 59) / 60).ok().map(|minutes| minutes.max(1))
    }
}
