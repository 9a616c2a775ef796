//! Operator survey (spec.md §Operator survey): what the operator fills in about a conversation.

use std::ops::RangeInclusive;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::stored::Stored;
use crate::bilingual::both;
use crate::field::Check;
use crate::id::SurveyId;

/// A month: beyond it nobody remembers the conversation.
const PENDING_HOURS: RangeInclusive<i64> = 0..=720;

/// The operator survey section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OperatorSurvey {
    /// Which survey the operator gets at the end of each conversation, one for operators; none by default.
    pub survey: Option<SurveyId>,
    /// Whether it can be filled in before the end: no by default.
    pub complete_button: bool,
    /// Whether an attempt can be given up; the conversation stays where it is: no by default.
    pub cancel_button: bool,
    /// Whether it can be closed without an answer: no by default. Otherwise it waits until it is filled in.
    pub closable_unanswered: bool,
    /// Hours after the end of the conversation at which one that can be closed without an answer is closed by
    /// itself: 0 to 720, 96 by default, until the next working day has begun with a weekend between; 0 = until closed
    /// by hand.
    pub pending_hours: i64,
}

impl Default for OperatorSurvey {
    fn default() -> Self {
        Self {
            survey: None,
            complete_button: false,
            cancel_button: false,
            closable_unanswered: false,
            pending_hours: 96,
        }
    }
}

impl Stored for OperatorSurvey {
    // 1.0 had no hours.
    fn version(&self) -> &'static str {
        "1.1"
    }
}

impl OperatorSurvey {
    pub(super) fn check(&self, check: &mut Check) {
        check.range(
            "pending_hours",
            &self.pending_hours,
            &PENDING_HOURS,
            both("hours (0 = until closed by hand)", "heures (0 = jusqu’à fermeture manuelle)"),
        );
    }

    /// How long it waits for the operator after the end; `None` when until it is filled in, or closed by hand.
    pub fn pending(&self) -> Option<TimeDelta> {
        (self.closable_unanswered && self.pending_hours > 0).then(|| TimeDelta::hours(self.pending_hours))
    }
}
