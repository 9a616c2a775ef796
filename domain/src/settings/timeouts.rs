//! Timeouts (spec.md §Timeouts): the clocks of a conversation. `0` means off.

use std::ops::RangeInclusive;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::field::Check;

/// A day: beyond it a "conversation" is a ticket.
const VISITOR_INACTIVITY_MINUTES: RangeInclusive<i64> = 0..=1_440;
const TIMEOUT_REMINDER_SECS: RangeInclusive<i64> = 0..=3_600;

/// The timeouts section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Minutes of silence of the visitor, after the operator's last message, that end the livechat:
    /// 0 to 1,440, 10 by default; 0 = off.
    pub visitor_inactivity: i64,
    /// Seconds before that end at which the operator and the visitor are warned: 0 to 3,600, 60 by
    /// default; 0 = off. Shorter than `visitor_inactivity`.
    pub timeout_reminder: i64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { visitor_inactivity: 10, timeout_reminder: 60 }
    }
}

impl Timeouts {
    pub(super) fn check(&self, check: &mut Check) {
        check.range(
            "visitor_inactivity",
            &self.visitor_inactivity,
            &VISITOR_INACTIVITY_MINUTES,
            "minutes (0 = off)",
        );
        check.range("timeout_reminder", &self.timeout_reminder, &TIMEOUT_REMINDER_SECS, "seconds (0 = off)");
        // With the timeout off there is nothing to be shorter than, and the reminder never runs.
        if self.visitor_inactivity > 0 {
            check.must(
                self.timeout_reminder < self.visitor_inactivity.saturating_mul(60),
                "timeout_reminder",
                "shorter than visitor_inactivity",
            );
        }
    }

    /// How long the visitor may be silent; `None` when off.
    pub fn inactivity(&self) -> Option<TimeDelta> {
        (self.visitor_inactivity > 0).then(|| TimeDelta::minutes(self.visitor_inactivity))
    }

    /// How long before the end by inactivity the reminder comes; `None` when off.
    pub fn reminder(&self) -> Option<TimeDelta> {
        (self.timeout_reminder > 0).then(|| TimeDelta::seconds(self.timeout_reminder))
    }
}
