//! One operator on the floor: the row, and what is shown of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::livechats::FloorLivechat;
use crate::encoding;

row! {
    table "floor_operators", key [livechat, operator];

    /// One operator as stored.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct OperatorRow {
        /// In which livechat.
        pub livechat: String,
        /// The operator's identifier.
        pub operator: String,
        /// The name visitors see.
        pub name: String,
        /// What the operator can be asked about.
        pub skills: Vec<String>,
        /// The operator's own capacity, in conversations, when one is set.
        pub own_capacity: Option<i64>,
        /// What the operator is doing: `available`, `on_break`, `training`, `phone`, `with_supervisor`,
        /// `no_new_conversation`, `searching` (spec.md §Statuses).
        pub status: String,
        /// Since when.
        #[serde(with = "encoding::millis")]
        pub status_since: DateTime<Utc>,
        /// Since when a desk is open; absent when none is.
        #[serde(with = "encoding::millis_option")]
        pub connected_since: Option<DateTime<Utc>>,
        /// Since when the connection of a desk that counts as open is lost; absent when it is not.
        #[serde(with = "encoding::millis_option")]
        pub connection_lost_since: Option<DateTime<Utc>>,
        /// Within the operator's own working hours, or without such hours.
        pub on_shift: bool,
        /// Since when the operator may neither connect nor be given anything; absent for one who may.
        #[serde(with = "encoding::millis_option")]
        pub suspended_since: Option<DateTime<Utc>>,
        /// When the operator was removed, and is on no floor any longer; the name is kept for the past.
        #[serde(with = "encoding::millis_option")]
        pub removed_at: Option<DateTime<Utc>>,
        /// Conversations assigned and not ended, picked up or not.
        pub load: i64,
        /// The position in the log of the last event that concerned this row.
        pub position: i64,
    }
}

/// One operator as shown (spec.md §The desk, the supervisor, the visitor).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FloorOperator {
    /// The operator.
    #[serde(flatten)]
    pub row: OperatorRow,
    /// The capacity in force, in conversations: the operator's own, else the livechat's.
    pub capacity: i64,
    /// The names of the skills, by identifier, in the language of the reader.
    pub skill_names: BTreeMap<String, String>,
}

impl FloorOperator {
    /// The operator under the settings of the livechat.
    pub fn new(row: OperatorRow, livechat: &FloorLivechat) -> Self {
        let capacity = row.own_capacity.unwrap_or(livechat.conversations_per_operator);
        Self { row, capacity, skill_names: BTreeMap::new() }
    }
}

impl OperatorRow {
    /// Since when the operator is connected and in this status; nothing when not connected.
    pub(crate) fn in_status_since(&self) -> Option<DateTime<Utc>> {
        Some(self.connected_since?.max(self.status_since))
    }
}
