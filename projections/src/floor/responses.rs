//! How long visitors waited for answers, as it is counted while a conversation is live.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long visitors waited for answers within conversations: from the visitor's first message since the operator's
/// last one to the operator's next message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Responses {
    /// How many answers there were.
    pub count: i64,
    /// Milliseconds waited for all of them.
    pub sum_ms: i64,
    /// Milliseconds waited for the slowest.
    pub worst_ms: i64,
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Responses {
    pub(super) fn add(&mut self, waited_ms: i64) {
        self.count += 1;
        self.sum_ms += waited_ms;
        self.worst_ms = self.worst_ms.max(waited_ms);
    }
}

/// Milliseconds from one time to another: 0 where the clock was set back between the two (spec.md §Time).
pub(crate) fn millis(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    (to - from).num_milliseconds().max(0)
}
