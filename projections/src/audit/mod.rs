//! Answers: who did what, when, from where, to what, and what did it change (spec.md §History, audit,
//! analysts)?
//!
//! One entry per event. An entry says what the event changed, and so depends on the previous state of its subject: it
//! is emitted by the row that knows the previous state, which is [`Conversations`](crate::conversations::Conversations)
//! for a conversation and [`subject_state`] for everything else.
//!
//! No personal text: what was said, names, cards and notes are left out, so that the audit can be kept and
//! shown longer than they are.

mod details;
mod diff;
mod query;
pub mod subject_state;

use chrono::{DateTime, Utc};
use domain::event::Access;
use domain::event::Bearer;
use domain::{Fact, LivechatFact};
use journal::Record;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::encoding;
use crate::json_diff::Difference;
use crate::projection::{HistoryRow, Table};

pub(crate) use diff::of_conversation;
pub use query::Filter;
pub(crate) use query::{end_at, first_at, list, operator_since};
pub use subject_state::AuditSubjects;

/// The kind of thing something was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// The livechat itself; a search and an export too, since they are of all of it.
    Livechat,
    /// A section of the settings.
    Settings,
    /// An operator; a token for one too.
    Operator,
    /// A conversation; a read of its transcript, and a token for its visitor, too.
    Conversation,
}

column_types! { Text: Entity; }

row! {
    table "audit", key [livechat, position];

    /// One entry of the audit.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct AuditEntry {
        /// In which livechat.
        pub livechat: String,
        /// The position of the event in the log.
        pub position: i64,
        /// When.
        #[serde(with = "encoding::millis")]
        pub at: DateTime<Utc>,
        /// The role of the true author: `visitor`, `operator`, `supervisor`, `administrator`, `analyst`,
        /// `integration`, `system`.
        pub role: String,
        /// The true author within the role; empty for the system.
        pub actor: String,
        /// From which address; absent for visitors, whose address is not kept, and for the system.
        pub address: Option<String>,
        /// The name of the event: `conversation.transferred`.
        pub action: String,
        /// The kind of thing it was done to.
        pub entity: Entity,
        /// The identifier of that thing; of the settings, the name of the section.
        pub entity_id: String,
        /// What it changed: the fields of a section; the profile and the status of an operator; the state, the
        /// importance and the operator in charge of a conversation. A change of a name or a mail address is listed without
        /// its values. Of more than 16 KiB only the paths are listed, or only that something changed.
        pub changes: Vec<Difference>,
        /// The rest, without personal text.
        pub data: Value,
        /// The command that caused it, a UUID.
        pub command: String,
    }
}

impl HistoryRow for AuditEntry {
    const TABLE: Table = Self::TABLE;
}

impl AuditEntry {
    fn of(event: &Record, (entity, entity_id): (Entity, String), changes: Vec<Difference>) -> Self {
        let fact = &event.event.fact;
        Self {
            livechat: event.livechat.to_string(),
            position: encoding::position(event.position),
            at: event.event.at,
            role: event.event.by.role().to_owned(),
            actor: event.event.by.subject().to_owned(),
            // What the rules decided next is recorded with the address of the command that caused it.
            address: event.address.filter(|_| event.event.is_observed()).map(|address| address.to_string()),
            action: fact.name().to_owned(),
            entity,
            entity_id,
            changes,
            data: details::details(&event.event),
            command: event.command.to_string(),
        }
    }
}

/// What the event was done to.
fn subject(event: &Record) -> (Entity, String) {
    match &event.event.fact {
        Fact::Livechat(LivechatFact::SettingsChanged { section, .. }) => {
            (Entity::Settings, section.name().to_string())
        }
        Fact::Livechat(
            LivechatFact::Accessed { access: Access::Transcript { conversation, .. } }
            | LivechatFact::TokenIssued { bearer: Bearer::Visitor { conversation, .. } },
        )
        | Fact::Conversation { conversation, .. } => (Entity::Conversation, conversation.to_string()),
        Fact::Livechat(
            LivechatFact::Created { .. }
            | LivechatFact::Accessed { access: Access::Search { .. } | Access::Export { .. } }
            | LivechatFact::ApiKeyChanged { .. }
            | LivechatFact::Opened { .. }
            | LivechatFact::Closed { .. }
            | LivechatFact::IdentityChanged { .. }
            | LivechatFact::Shut
            | LivechatFact::Reopened
            | LivechatFact::ClockSetBack { .. }
            | LivechatFact::Interrupted { .. },
        ) => (Entity::Livechat, event.livechat.to_string()),
        Fact::Livechat(LivechatFact::TokenIssued { bearer: Bearer::Operator(operator) })
        | Fact::Operator { operator, .. } => (Entity::Operator, operator.to_string()),
    }
}
