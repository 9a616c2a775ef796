//! What figures need of each row, ended or not. Fewer columns are read faster, and what has not ended yet is read from
//! the board in the same form: everything that has happened so far counts.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::assignments::{Assignment, UnassignedBy};
use crate::contact_metrics::ContactMetrics;
use crate::contacts::{Contact, Outcome};
use crate::encoding;
use crate::floor::conversation::{AssignedBy, State};
use crate::floor::responses::millis;
use crate::floor::running_totals::RunningTotals;
use crate::floor::shares::{self, Shares};
use crate::floor::{FloorConversation, OperatorRow};
use crate::operator_time::OperatorTime;
use crate::survey_answers::{PendingSurvey, SurveyAnswer};

contact_metrics! { row! {
    columns of Contact;

    /// A contact.
    #[derive(Clone, Debug, Deserialize)]
    pub(super) struct ContactInput {
        pub(super) skill: Option<String>,
        pub(super) again: bool,
        #[serde(with = "encoding::millis")]
        pub(super) requested_at: DateTime<Utc>,
        pub(super) queued: bool,
        /// Its outcome; nothing while it has not ended.
        pub(super) outcome: Option<Outcome>,
        pub(super) reason: Option<String>,
        /// It is in the queue now.
        #[serde(skip)]
        pub(super) waiting: bool = no column,
        pub(super) answered_by: Option<String>,
        #[serde(with = "encoding::millis_option")]
        pub(super) assigned_at: Option<DateTime<Utc>>,
        #[serde(with = "encoding::millis_option")]
        pub(super) picked_up_at: Option<DateTime<Utc>>,
        #[serde(with = "encoding::millis_option")]
        pub(super) first_answer_at: Option<DateTime<Utc>>,
        #[serde(with = "encoding::millis_option")]
        pub(super) first_reply_at: Option<DateTime<Utc>>,
        pub(super) first_answer_by: Option<String>,
        pub(super) first_reply_by: Option<String>,
        #[serde(with = "encoding::millis_option")]
        pub(super) ended_at: Option<DateTime<Utc>>,
        /// On whose desk it was when it was over, or is now.
        pub(super) operator_at_end: Option<String>,
        /// What each operator did in it.
        pub(super) operators: Shares,
        pub(super) handle_ms: i64,
        ..metrics,
        pub(super) responses: i64,
        pub(super) response_ms: i64,
        pub(super) response_worst_ms: i64,
        pub(super) important: bool,
        ..later metrics,
    }
} }

impl ContactInput {
    /// Milliseconds from the request.
    pub(super) fn since_request(&self, at: DateTime<Utc>) -> i64 {
        millis(self.requested_at, at)
    }

    /// The visitor was not refused, and left before an operator picked up.
    pub(super) fn is_abandoned(&self) -> bool {
        self.outcome == Some(Outcome::Left) && self.picked_up_at.is_none()
    }

    /// One that is not over.
    pub(super) fn live(row: &LiveInput, now: DateTime<Utc>) -> Self {
        let operators =
            shares::until(&row.running_totals.operators, row.operator.as_deref(), row.picked_up_at, now);
        let running_totals = row.running_totals.clone();
        contact_metrics! { filled! { Self {
            skill: running_totals.skill_asked,
            again: row.again,
            requested_at: row.requested_at,
            queued: running_totals.queued,
            outcome: None,
            reason: None,
            waiting: row.state == State::Waiting,
            answered_by: running_totals.answered_by,
            assigned_at: running_totals.first_assigned_at,
            picked_up_at: running_totals.first_picked_up_at,
            first_answer_at: running_totals.first_answer_at,
            first_reply_at: running_totals.first_reply_at,
            first_answer_by: running_totals.first_answer_by,
            first_reply_by: running_totals.first_reply_by,
            ended_at: None,
            operator_at_end: row.operator.clone(),
            operators,
            handle_ms: running_totals.handle_ms + row.picked_up_at.map_or(0, |since| millis(since, now)),
            responses: running_totals.responses.count,
            response_ms: running_totals.responses.sum_ms,
            response_worst_ms: running_totals.responses.worst_ms,
            important: row.important,
        } from running_totals } }
    }

    /// Its counters.
    pub(super) const fn metrics(&self) -> ContactMetrics {
        contact_metrics! { gathered! { self } }
    }
}

row! {
    columns of FloorConversation;

    /// A live conversation: a contact that is not over, and the assignment of the operator who has it.
    #[derive(Clone, Debug, Deserialize)]
    pub(super) struct LiveInput {
        pub(super) state: State,
        pub(super) operator: Option<String>,
        pub(super) assigned_by: Option<AssignedBy>,
        pub(super) again: bool,
        #[serde(with = "encoding::millis")]
        pub(super) requested_at: DateTime<Utc>,
        #[serde(with = "encoding::millis_option")]
        pub(super) assigned_at: Option<DateTime<Utc>>,
        #[serde(with = "encoding::millis_option")]
        pub(super) picked_up_at: Option<DateTime<Utc>>,
        pub(super) important: bool,
        pub(super) running_totals: RunningTotals,
    }
}

impl LiveInput {}

row! {
    columns of Assignment;

    /// An assignment.
    #[derive(Clone, Debug, Deserialize)]
    pub(super) struct AssignmentInput {
        pub(super) skill: Option<String>,
        pub(super) operator: String,
        pub(super) assigned_by: AssignedBy,
        #[serde(with = "encoding::millis")]
        pub(super) since: DateTime<Utc>,
        #[serde(with = "encoding::millis_option")]
        pub(super) picked_up_at: Option<DateTime<Utc>>,
        #[serde(with = "encoding::millis")]
        pub(super) until: DateTime<Utc>,
        /// Why it is over; nothing while it is not.
        pub(super) unassigned_by: Option<UnassignedBy>,
        pub(super) messages: i64,
    }
}

impl AssignmentInput {
    /// One that is not over, until `now`.
    pub(super) fn live(row: &LiveInput, now: DateTime<Utc>) -> Option<Self> {
        let since = row.assigned_at?;
        Some(Self {
            skill: row.running_totals.skill_asked.clone(),
            operator: row.operator.clone()?,
            assigned_by: row.assigned_by?,
            since,
            picked_up_at: row.picked_up_at,
            until: now,
            unassigned_by: None,
            messages: row.running_totals.assignment_messages,
        })
    }
}

row! {
    columns of OperatorTime;

    /// A time in a status.
    #[derive(Clone, Debug, Deserialize)]
    pub(super) struct StatusTimeInput {
        pub(super) operator: String,
        pub(super) status: String,
        #[serde(with = "encoding::millis")]
        pub(super) since: DateTime<Utc>,
        #[serde(with = "encoding::millis")]
        pub(super) until: DateTime<Utc>,
    }
}

impl StatusTimeInput {
    /// One that is not over, until `now`.
    pub(super) fn live(row: &OperatorRow, now: DateTime<Utc>) -> Option<Self> {
        Some(Self {
            operator: row.operator.clone(),
            status: row.status.clone(),
            since: row.in_status_since()?,
            until: now,
        })
    }
}

row! {
    columns of SurveyAnswer;

    /// A survey that was asked.
    #[derive(Clone, Debug, Deserialize)]
    pub(super) struct SurveyInput {
        pub(super) operator: Option<String>,
        pub(super) audience: String,
        pub(super) survey: String,
        #[serde(with = "encoding::millis")]
        pub(super) asked_at: DateTime<Utc>,
        #[serde(with = "encoding::millis_option")]
        pub(super) opened_at: Option<DateTime<Utc>>,
        /// When it was settled; nothing while it waits.
        #[serde(with = "encoding::millis_option")]
        pub(super) at: Option<DateTime<Utc>>,
        /// What was answered, by field.
        pub(super) answers: Option<Value>,
    }
}

impl SurveyInput {
    /// One that waits for its answers.
    pub(super) fn pending(row: PendingSurvey) -> Self {
        Self {
            operator: row.operator,
            audience: row.audience,
            survey: row.survey,
            asked_at: row.asked_at,
            opened_at: None,
            at: None,
            answers: None,
        }
    }
}
