//! A line of a transcript, with the fact itself.

use chrono::{DateTime, Utc};
use domain::{ConversationFact, Exchange, Fact};
use journal::Record;

use crate::encoding;

/// One line of a transcript: an event of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// In which livechat.
    pub livechat: String,
    /// Of which conversation, a UUID.
    pub conversation: String,
    /// The position of the event in the log.
    pub position: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The role of the true author: `visitor`, `operator`, `supervisor`, `integration`, `system`.
    pub role: String,
    /// The true author within the role; empty for the system.
    pub author: String,
    /// The operator in charge once this has happened; for an end, the one who was.
    pub operator: Option<String>,
    /// What happened. The address that a copy was mailed to is not stored: in a line that was, it is empty.
    pub fact: ConversationFact,
    /// The command that caused it, a UUID.
    pub command: String,
}

impl Line {
    /// The line of an event; some have none.
    pub fn of(event: &Record) -> Option<Self> {
        let Fact::Conversation { conversation, operator, fact } = &event.event.fact else { return None };
        is_line(fact).then(|| Self {
            livechat: event.livechat.to_string(),
            conversation: conversation.to_string(),
            position: encoding::position(event.position),
            at: event.event.at,
            role: event.event.by.role().to_owned(),
            author: event.event.by.subject().to_owned(),
            operator: operator.as_ref().map(ToString::to_string),
            fact: fact.clone(),
            command: event.command.to_string(),
        })
    }
}

/// Does it have a line?
pub(super) const fn is_line(fact: &ConversationFact) -> bool {
    !matches!(fact, ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }))
}
