//! Answers: what is the state of a subject of the audit, so that the next entry can say what it changes?
//!
//! One row per section of the settings that was changed, per operator, and for the livechat itself. Conversations
//! have rows of their own. Of an operator's name and mail address, only the fact that they changed is listed.

use domain::event::Access;
use domain::settings::Settings;
use domain::{Fact, LivechatFact, LivechatId, OperatorFact};
use journal::Record;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::diff::{between, path_only};
use super::{AuditEntry, Entity, subject};
use crate::encoding;
use crate::projection::{HistoryRows, Projection, Table};
use crate::settings::content;

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct AuditSubjects;

row! {
    table "audit_subjects", key [livechat, entity, entity_id];

    /// The state of a subject.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct SubjectState {
        /// In which livechat.
        pub livechat: String,
        /// What kind of thing: `settings`, `operator`, `livechat`.
        pub entity: Entity,
        /// Its identifier; of the settings, the name of the section.
        pub entity_id: String,
        /// Its state.
        pub state: Value,
        /// The position in the log of the last event that concerned it.
        pub position: i64,
    }
}

/// The key of a thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubjectKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// What kind of thing.
    pub entity: Entity,
    /// Its identifier.
    pub entity_id: String,
}

impl Projection for AuditSubjects {
    type Row = SubjectState;
    type Key = SubjectKey;

    const TABLE: Table = SubjectState::TABLE;

    /// The subject of the event, even if it has no row: it still emits an entry.
    fn keys(event: &Record) -> impl IntoIterator<Item = SubjectKey> {
        match &event.event.fact {
            Fact::Conversation { .. } => None,
            Fact::Livechat(_) | Fact::Operator { .. } => {
                let (entity, entity_id) = subject(event);
                Some(SubjectKey { livechat: event.livechat.clone(), entity, entity_id })
            }
        }
    }

    fn fold(row: Option<Box<SubjectState>>, key: &SubjectKey, event: &Record) -> Option<Box<SubjectState>> {
        let before = row.as_ref().map(|row| &row.state);
        let state = match &event.event.fact {
            Fact::Livechat(LivechatFact::SettingsChanged { section, .. }) => content(section),
            Fact::Livechat(
                LivechatFact::Created { name, language } | LivechatFact::IdentityChanged { name, language },
            ) => with(before, [("name", json!(name)), ("language", json!(language))]),
            Fact::Livechat(LivechatFact::Shut) => with(before, [("closed", json!(true))]),
            Fact::Livechat(LivechatFact::Reopened) => with(before, [("closed", json!(false))]),
            Fact::Livechat(
                LivechatFact::Accessed {
                    access: Access::Transcript { .. } | Access::Search { .. } | Access::Export { .. },
                }
                | LivechatFact::TokenIssued { .. }
                | LivechatFact::ApiKeyChanged { .. }
                | LivechatFact::Opened { .. }
                | LivechatFact::Closed { .. }
                | LivechatFact::ClockSetBack { .. }
                | LivechatFact::Interrupted { .. },
            )
            | Fact::Conversation { .. } => return row,
            Fact::Operator { fact, .. } => operator(before, fact)?,
        };
        Some(Box::new(SubjectState {
            livechat: key.livechat.to_string(),
            entity: key.entity,
            entity_id: key.entity_id.clone(),
            state,
            position: encoding::position(event.position),
        }))
    }

    fn emit(before: Option<&SubjectState>, key: &SubjectKey, event: &Record, history: &mut HistoryRows) {
        let changes = match &event.event.fact {
            Fact::Livechat(LivechatFact::SettingsChanged { section, .. }) => {
                let default = || content(&Settings::default().section(section.name()));
                between(&before.map_or_else(default, |row| row.state.clone()), &content(section))
            }
            Fact::Operator { .. } => {
                let after = Self::fold(before.cloned().map(Box::new), key, event);
                let [before, after] =
                    [before, after.as_deref()].map(|row| row.map_or(json!({}), |r| r.state.clone()));
                let is_personal = |path: &str| matches!(path, "/name" | "/email");
                let changes = between(&before, &after).into_iter();
                changes.map(|one| if is_personal(&one.path) { path_only(one.path) } else { one }).collect()
            }
            Fact::Livechat(
                LivechatFact::IdentityChanged { .. } | LivechatFact::Shut | LivechatFact::Reopened,
            ) => {
                let after = Self::fold(before.cloned().map(Box::new), key, event);
                let [before, after] =
                    [before, after.as_deref()].map(|row| row.map_or(json!({}), |r| r.state.clone()));
                between(&before, &after)
            }
            Fact::Livechat(
                LivechatFact::Created { .. }
                | LivechatFact::Accessed { .. }
                | LivechatFact::TokenIssued { .. }
                | LivechatFact::ApiKeyChanged { .. }
                | LivechatFact::Opened { .. }
                | LivechatFact::Closed { .. }
                | LivechatFact::ClockSetBack { .. }
                | LivechatFact::Interrupted { .. },
            )
            | Fact::Conversation { .. } => vec![],
        };
        history.push(&AuditEntry::of(event, subject(event), changes));
    }
}

/// The state with these fields.
fn with<const N: usize>(before: Option<&Value>, fields: [(&str, Value); N]) -> Value {
    let mut state = before.and_then(Value::as_object).cloned().unwrap_or_default();
    state.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(state)
}

/// An operator after an event; nothing for one who was never registered.
fn operator(before: Option<&Value>, fact: &OperatorFact) -> Option<Value> {
    let mut state = before.cloned();
    match fact {
        OperatorFact::Registered { profile } => {
            let status =
                before.map_or_else(|| json!(domain::settings::Status::default()), |b| b["status"].clone());
            let fields = [
                ("name", json!(profile.name)),
                ("skills", json!(profile.skills)),
                ("capacity", json!(profile.capacity)),
                ("email", json!(profile.email)),
                ("hours", json!(profile.hours)),
                ("status", status),
                ("suspended", before.map_or(Value::Null, |before| before["suspended"].clone())),
            ];
            let known = fields.into_iter().filter(|(_, value)| !value.is_null());
            state = Some(Value::Object(
                known.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
            ));
        }
        OperatorFact::StatusChanged { status } => {
            if let Some(state) = &mut state {
                state["status"] = json!(status);
            }
        }
        OperatorFact::Suspended => state = Some(with(before, [("suspended", json!(true))])),
        // Nothing is left of an operator who was removed: the profile follows.
        OperatorFact::Reinstated => {
            state = before.map(|before| with(Some(before), [("suspended", json!(false))]));
        }
        OperatorFact::Removed => state = None,
        OperatorFact::Connected
        | OperatorFact::ConnectionLost { .. }
        | OperatorFact::Reconnected
        | OperatorFact::Disconnected { .. }
        | OperatorFact::ShiftStarted
        | OperatorFact::ShiftEnded => {}
    }
    state
}
