//! Capacity (spec.md §Capacity): how many conversations an operator handles at once, and how many
//! visitors may wait.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::field::Check;

/// Conversations an operator may be given, whether by this section or by the operator's own capacity.
pub const CONVERSATIONS_PER_OPERATOR: RangeInclusive<i64> = 1..=10;
const QUEUE_PER_OPERATOR: RangeInclusive<i64> = 0..=100;

/// The capacity section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Capacity {
    /// Conversations an operator handles at once: 1 to 10, 3 by default. An operator's own capacity,
    /// when set, wins in both directions. Every conversation assigned and not ended counts.
    pub conversations_per_operator: i64,
    /// Visitors who may wait, for each connected operator who may receive conversations: 0 to 100,
    /// 2 by default; 0 = no queue. Tested on entry only.
    pub queue_per_operator: i64,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { conversations_per_operator: 3, queue_per_operator: 2 }
    }
}

impl Capacity {
    /// How many may wait when this many operators may receive conversations.
    pub fn places(&self, receiving: usize) -> usize {
        usize::try_from(self.queue_per_operator).unwrap_or(0).saturating_mul(receiving)
    }

    pub(super) fn check(&self, check: &mut Check) {
        check.range(
            "conversations_per_operator",
            &self.conversations_per_operator,
            &CONVERSATIONS_PER_OPERATOR,
            both("conversations", "conversations"),
        );
        check.range(
            "queue_per_operator",
            &self.queue_per_operator,
            &QUEUE_PER_OPERATOR,
            both(
                "visitors per connected operator (0 = no queue)",
                "internautes par opérateur connecté (0 = pas de file)",
            ),
        );
    }
}
