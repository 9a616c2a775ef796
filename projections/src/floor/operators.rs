//! Answers: which operators are there, in which status since when, with what load and capacity?

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::event::Profile;
use domain::settings::Status;
use domain::{ConversationFact, Fact, LivechatId, OperatorFact, OperatorId};
use journal::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FloorLivechat;
use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::operator_names::OperatorName;
use crate::operator_time::OperatorTime;
use crate::projection::{Column, HistoryRows, OperatorKey, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct FloorOperators;

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

/// One operator as shown (spec.md §The desk, the supervisor, the visitor).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FloorOperator {
    /// The operator.
    #[serde(flatten)]
    pub row: OperatorRow,
    /// The capacity in force, in conversations: the operator's own, else the livechat's.
    pub capacity: i64,
    /// What the skills are called, by identifier, in the language of the reader.
    pub skill_names: BTreeMap<String, String>,
}

impl FloorOperator {
    /// The operator under the settings of the livechat.
    pub fn new(row: OperatorRow, livechat: &FloorLivechat) -> Self {
        let capacity = row.own_capacity.unwrap_or(livechat.conversations_per_operator);
        Self { row, capacity, skill_names: BTreeMap::new() }
    }
}

impl Projection for FloorOperators {
    type Row = OperatorRow;
    type Key = OperatorKey;

    const TABLE: Table = Table {
        name: "floor_operators",
        key: &["livechat", "operator"],
        columns: &[
            Column::text("livechat"),
            Column::text("operator"),
            Column::text("name"),
            Column::json("skills"),
            Column::integer("own_capacity"),
            Column::text("status"),
            Column::time("status_since"),
            Column::time("connected_since"),
            Column::time("connection_lost_since"),
            Column::flag("on_shift"),
            Column::time("suspended_since"),
            Column::time("removed_at"),
            Column::integer("load"),
            Column::integer("position"),
        ],
    };

    /// The operator an event is about; of a conversation, those whose load changes by it.
    fn keys(event: &Record) -> impl IntoIterator<Item = OperatorKey> {
        let concerned: [Option<&OperatorId>; 2] = match &event.event.fact {
            Fact::Livechat(_) => [None, None],
            Fact::Operator { operator, .. } => [Some(operator), None],
            Fact::Conversation { operator, fact, .. } => {
                load_changes(fact, operator.as_ref()).map(|(operator, _)| operator)
            }
        };
        concerned
            .into_iter()
            .flatten()
            .map(|operator| OperatorKey { livechat: event.livechat.clone(), operator: operator.clone() })
    }

    fn fold(row: Option<Box<OperatorRow>>, key: &OperatorKey, event: &Record) -> Option<Box<OperatorRow>> {
        let at = event.event.at;
        let mut row = match &event.event.fact {
            Fact::Operator { fact: OperatorFact::Registered { .. }, .. } => {
                // Registered under the identifier of one who was removed, in an older log, it is another operator.
                row.filter(|row| row.removed_at.is_none())
                    .unwrap_or_else(|| Box::new(OperatorRow::new(key, at)))
            }
            Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => row?,
        };
        match &event.event.fact {
            Fact::Livechat(_) => {}
            Fact::Operator { fact, .. } => match fact {
                OperatorFact::Registered { profile } => row.take_on(profile),
                OperatorFact::Connected => row.connect(Some(at)),
                OperatorFact::Disconnected { .. } => row.connect(None),
                OperatorFact::ConnectionLost { .. } => row.connection_lost_since = Some(at),
                OperatorFact::Reconnected => row.connection_lost_since = None,
                OperatorFact::ShiftStarted => row.on_shift = true,
                OperatorFact::ShiftEnded => row.on_shift = false,
                OperatorFact::Suspended => row.suspended_since = Some(at),
                OperatorFact::Reinstated if row.removed_at.is_some() => {
                    // As one who is registered, with the profile that follows.
                    let name = std::mem::take(&mut row.name);
                    *row = OperatorRow { name, ..OperatorRow::new(key, at) };
                }
                OperatorFact::Reinstated => row.suspended_since = None,
                OperatorFact::Removed => row.removed_at = Some(at),
                OperatorFact::StatusChanged { status } => {
                    row.status = encoding::word(status);
                    row.status_since = at;
                }
            },
            Fact::Conversation { operator, fact, .. } => {
                let changes = load_changes(fact, operator.as_ref()).into_iter();
                let mine = changes.filter(|(operator, _)| *operator == Some(&key.operator));
                row.load += mine.map(|(_, change)| change).sum::<i64>();
            }
        }
        row.position = encoding::position(event.position);
        Some(row)
    }

    /// How long a connected operator was in a status, and what the operator is called from here on.
    fn emit(before: Option<&OperatorRow>, key: &OperatorKey, event: &Record, history: &mut HistoryRows) {
        if let Some(name) = OperatorName::from_event(before, key, event) {
            history.push(&name);
        }
        if let Some(time) = before.and_then(|before| OperatorTime::from_event(before, event)) {
            history.push(&time);
        }
    }
}

/// The name of an operator, also of one who was removed.
pub(crate) async fn name(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    operator: &str,
) -> Result<Option<String>, Error> {
    let asked = Select::from(FloorOperators::TABLE).equal("livechat", livechat).equal("operator", &operator);
    let rows: Vec<OperatorRow> = transaction.select(asked).await?;
    Ok(rows.into_iter().next().map(|row| row.name))
}

/// Whose load changes, and by how much.
fn load_changes<'a>(
    fact: &'a ConversationFact,
    operator: Option<&'a OperatorId>,
) -> [(Option<&'a OperatorId>, i64); 2] {
    let before = (fact.taken_from(), -1);
    let change = if fact.is_assignment() || before.0.is_some() {
        1
    } else if fact.is_end() {
        -1
    } else {
        return [(None, 0); 2];
    };
    [before, (operator, change)]
}

impl OperatorRow {
    fn new(key: &OperatorKey, at: DateTime<Utc>) -> Self {
        Self {
            livechat: key.livechat.to_string(),
            operator: key.operator.to_string(),
            name: String::new(),
            skills: vec![],
            own_capacity: None,
            status: encoding::word(&Status::default()),
            status_since: at,
            connected_since: None,
            connection_lost_since: None,
            on_shift: true,
            suspended_since: None,
            removed_at: None,
            load: 0,
            position: 0,
        }
    }

    /// Since when the operator is connected and in this status; nothing when not connected.
    pub(crate) fn in_status_since(&self) -> Option<DateTime<Utc>> {
        Some(self.connected_since?.max(self.status_since))
    }

    const fn connect(&mut self, since: Option<DateTime<Utc>>) {
        self.connected_since = since;
        self.connection_lost_since = None;
    }

    /// The address of the operator stays in the log: no screen needs it.
    fn take_on(&mut self, profile: &Profile) {
        self.name = profile.name.to_string();
        self.skills = profile.skills.iter().map(ToString::to_string).collect();
        self.own_capacity = profile.capacity;
    }
}
