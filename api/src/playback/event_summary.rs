//! Events on the floor, for viewers of a playback: what, when, to whom, and no messages.

use domain::{Fact, Timestamp};
use journal::{Position, Record};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventSummary {
    /// Its position in the log.
    pub position: Position,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What, by the name of the event in the log.
    #[schema(example = "conversation.picked_up")]
    pub what: &'static str,
    /// The role of the author.
    pub role: &'static str,
    /// The author, within the role.
    pub by: String,
    /// In which conversation, a UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The operator whom it concerns: the one in charge after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
}

impl From<&Record> for EventSummary {
    fn from(record: &Record) -> Self {
        let event = &record.event;
        let operator = match &event.fact {
            Fact::Livechat(_) => None,
            Fact::Operator { operator, .. } => Some(operator),
            Fact::Conversation { operator, .. } => operator.as_ref(),
        };
        Self {
            position: record.position,
            at: event.at,
            what: event.fact.name(),
            role: event.by.role(),
            by: event.by.subject().to_owned(),
            conversation: event.fact.conversation_id().map(|id| id.to_string()),
            operator: operator.map(ToString::to_string),
        }
    }
}
