//! Answers: which operator was connected in which status, from when to when (spec.md §Statuses)?
//!
//! One row each time a connected operator changes the status or is disconnected. A desk whose connection is
//! lost counts as connected until the operator is disconnected. The operator on the floor emits it.

use chrono::{DateTime, Utc};
use domain::{Fact, OperatorFact};
use journal::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encoding;
use crate::floor::OperatorRow;
use crate::projection::{HistoryRow, Table};

row! {
    table "operator_time", key [livechat, position];

    /// A time that an operator was connected in one status.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct OperatorTime {
        /// In which livechat.
        pub livechat: String,
        /// The position in the log of the event that ended it.
        pub position: i64,
        /// Who.
        pub operator: String,
        /// In which status: `available`, `on_break`, `training`, `phone`, `with_supervisor`,
        /// `no_new_conversation`, `searching`.
        pub status: String,
        /// From when on.
        #[serde(with = "encoding::millis")]
        pub since: DateTime<Utc>,
        /// Until when.
        #[serde(with = "encoding::millis")]
        pub until: DateTime<Utc>,
    }
}

impl HistoryRow for OperatorTime {
    const TABLE: Table = Self::TABLE;
}

impl OperatorTime {
    /// The history row if the event ends a status or the connection of an operator.
    pub(crate) fn from_event(before: &OperatorRow, event: &Record) -> Option<Self> {
        let Fact::Operator { fact, .. } = &event.event.fact else { return None };
        let ends = match fact {
            OperatorFact::StatusChanged { .. } | OperatorFact::Disconnected { .. } => true,
            OperatorFact::Registered { .. }
            | OperatorFact::Connected
            | OperatorFact::ConnectionLost { .. }
            | OperatorFact::Reconnected
            | OperatorFact::ShiftStarted
            | OperatorFact::ShiftEnded
            | OperatorFact::Suspended
            | OperatorFact::Reinstated
            | OperatorFact::Removed => false,
        };
        if !ends {
            return None;
        }
        Some(Self {
            livechat: before.livechat.clone(),
            position: encoding::position(event.position),
            operator: before.operator.clone(),
            status: before.status.clone(),
            since: before.in_status_since()?,
            until: event.event.at,
        })
    }
}
