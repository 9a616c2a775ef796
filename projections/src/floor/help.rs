//! Answers: which operators have called for help, since when, and which supervisor takes care of it (spec.md §The desk,
//! the supervisor, the visitor: calls for help stand out until taken)?

use chrono::{DateTime, Utc};
use domain::{Attention, ConversationFact, Fact};
use journal::Record;
use serde::Serialize;
use utoipa::ToSchema;

use super::FloorConversation;
use crate::encoding;

/// A call for help that is not settled.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HelpCall {
    /// In which conversation, a UUID.
    pub conversation: String,
    /// Whose desk it is on now.
    pub operator: Option<String>,
    /// Since when.
    #[serde(with = "encoding::millis")]
    pub since: DateTime<Utc>,
    /// The supervisor who takes care of it, once there is one.
    pub taken_by: Option<String>,
    /// What the operator wrote, for supervisors.
    pub note: Option<String>,
}

impl HelpCall {
    /// The call of a conversation, with what the operator wrote; none when there is none.
    pub fn of(row: &FloorConversation, note: Option<String>) -> Option<Self> {
        Some(Self {
            conversation: row.conversation.clone(),
            operator: row.operator.clone(),
            since: row.help_called_at?,
            taken_by: row.help_taken_by.clone(),
            note,
        })
    }

    /// The oldest first.
    pub fn sort(calls: &mut [Self]) {
        calls.sort_by(|a, b| (a.since, &a.conversation).cmp(&(b.since, &b.conversation)));
    }
}

/// What an event says about a call for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HelpStep {
    /// It was called, with this note.
    Called(Option<String>),
    /// A supervisor took it.
    Taken,
    /// It is settled.
    Done,
}

impl HelpStep {
    /// Nothing for most events.
    pub fn of(event: &Record) -> Option<Self> {
        let Fact::Conversation { fact, .. } = &event.event.fact else { return None };
        if let ConversationFact::Attention(Attention::HelpCalled { note }) = fact {
            return Some(Self::Called(note.as_ref().map(|note| note.reveal().to_string())));
        }
        if *fact == ConversationFact::Attention(Attention::HelpTaken) {
            return Some(Self::Taken);
        }
        (*fact == ConversationFact::Attention(Attention::HelpDone)).then_some(Self::Done)
    }
}
