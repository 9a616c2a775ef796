//! Answers: which operators are there, in which status since when, with what load and capacity?

use chrono::{DateTime, Utc};
use domain::event::Profile;
use domain::settings::Status;
use domain::{ConversationFact, Fact, LivechatId, OperatorFact, OperatorId};
use journal::Record;

use super::operator::OperatorRow;
use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::operator_names::OperatorName;
use crate::operator_time::OperatorTime;
use crate::projection::{HistoryRows, OperatorKey, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct FloorOperators;

impl Projection for FloorOperators {
    type Row = OperatorRow;
    type Key = OperatorKey;

    const TABLE: Table = OperatorRow::TABLE;

    /// The operator an event is about; for a conversation, those with a load that it changes.
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
                // An older log may reuse the identifier of a removed operator: this is another operator.
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
                    // Like a registration, with the profile that follows.
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

    /// How long a connected operator was in a status, and the operator's name from here on.
    fn emit(before: Option<&OperatorRow>, key: &OperatorKey, event: &Record, history: &mut HistoryRows) {
        if let Some(name) = OperatorName::from_event(before, key, event) {
            history.push(&name);
        }
        if let Some(time) = before.and_then(|before| OperatorTime::from_event(before, event)) {
            history.push(&time);
        }
    }
}

/// The name of an operator, removed ones included.
pub(crate) async fn name(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    operator: &str,
) -> Result<Option<String>, Error> {
    let asked = Select::from(FloorOperators::TABLE).equal("livechat", livechat).equal("operator", &operator);
    let rows: Vec<OperatorRow> = transaction.select(asked).await?;
    Ok(rows.into_iter().next().map(|row| row.name))
}

/// The operators with a changed load, and by how much.
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
