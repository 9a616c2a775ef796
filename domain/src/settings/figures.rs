//! Figures (spec.md §History, audit, analysts): what the figures of a livechat are measured against.
//!
//! The figures themselves are computed from the log; a change of this section changes how the whole past
//! reads, not what happened.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::stored::Stored;
use crate::bilingual::both;
use crate::field::Check;

const REFERENCE_CONCURRENCY: RangeInclusive<i64> = 1..=10;
/// A minute: a longer wait was not short.
const SHORT_ABANDON_SECONDS: RangeInclusive<i64> = 0..=60;
/// Seconds within which a service level may be asked.
pub const SERVICE_LEVEL_SECONDS: RangeInclusive<i64> = 1..=3_600;

/// The figures section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Figures {
    /// Conversations at once that count as fully occupied: 1 to 10, 3 by default. Occupancy is the time in
    /// conversations ÷ (this × the time online).
    pub reference_concurrency: i64,
    /// Seconds within which a visitor should be answered: 1 to 3,600, 60 by default. The service level is the
    /// share of those who were.
    pub service_level_seconds: i64,
    /// Seconds of waiting up to which an abandonment is short, and counted separately: 0 to 60, 5 by default;
    /// 0 = none is.
    pub short_abandon_seconds: i64,
}

impl Default for Figures {
    fn default() -> Self {
        Self { reference_concurrency: 3, service_level_seconds: 60, short_abandon_seconds: 5 }
    }
}

impl Stored for Figures {
    // 1.0 had no short abandonment.
    fn version(&self) -> &'static str {
        "1.1"
    }
}

impl Figures {
    pub(super) fn check(&self, check: &mut Check) {
        check.range(
            "reference_concurrency",
            &self.reference_concurrency,
            &REFERENCE_CONCURRENCY,
            both("conversations at once", "conversations simultanées"),
        );
        check.range(
            "service_level_seconds",
            &self.service_level_seconds,
            &SERVICE_LEVEL_SECONDS,
            both("s", "s"),
        );
        check.range(
            "short_abandon_seconds",
            &self.short_abandon_seconds,
            &SHORT_ABANDON_SECONDS,
            both("s (0 = none is short)", "s (0 = aucun n’est court)"),
        );
    }
}
