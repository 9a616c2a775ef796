//! Behaviour (spec.md §Behaviour): what happens on answers, ends and disconnections.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::stored::Stored;
use crate::bilingual::both;
use crate::field::Check;

/// A month: a visitor who comes back later asks for something new. What is kept is in memory, so there is no "for
/// ever".
const KEEP_OPEN_HOURS: RangeInclusive<i64> = 1..=720;

/// The behaviour section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Behaviour {
    /// An answer that results from a redirection by a knowledge article is shown, and recorded, as coming
    /// from the operator: no by default. See `conversation/send_article.rs`.
    pub redirects_as_operator: bool,
    /// The end of the livechat does not close the conversation; a new escalation goes to the previous
    /// operator, if possible: no by default. See `conversation/keep_open.rs`.
    pub keep_open: bool,
    /// Hours for which a conversation that is kept open can be asked for again: 1 to 720, 24 by default, the day of
    /// the visit and the next morning. One that is kept already keeps the time it was given.
    pub keep_open_hours: i64,
    /// The conversations of an operator who is disconnected go to others: yes by default. See
    /// `conversation/auto_transfer/`.
    pub transfer_on_disconnect: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            redirects_as_operator: false,
            keep_open: false,
            keep_open_hours: 24,
            transfer_on_disconnect: true,
        }
    }
}

impl Stored for Behaviour {
    // 1.0 had no hours of what is kept open.
    fn version(&self) -> &'static str {
        "1.1"
    }
}

impl Behaviour {
    pub(super) fn check(&self, check: &mut Check) {
        check.range("keep_open_hours", &self.keep_open_hours, &KEEP_OPEN_HOURS, both("hours", "heures"));
    }
}
