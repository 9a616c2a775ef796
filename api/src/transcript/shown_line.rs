//! A line of a transcript, as one reader may know it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::ConversationFact;
use projections::transcript::{Line, LineRow};
use serde::Serialize;
use serde_json::Value;

use crate::visible_to_operator;

/// A line: everything in it may be shown to the reader.
#[derive(Clone, Debug)]
pub struct ShownLine {
    /// In which livechat.
    pub livechat: String,
    /// Of which conversation, a UUID.
    pub conversation: String,
    /// The position of the event in the log.
    pub position: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The role of the author.
    pub role: String,
    /// The author within the role; empty where the reader may not know.
    pub author: String,
    /// The operator in charge once this has happened.
    pub operator: Option<String>,
    /// What happened.
    pub content: Content,
    /// The command that caused it, a UUID.
    pub command: String,
}

/// What happened, as far as the reader may know.
#[derive(Clone, Debug)]
pub enum Content {
    /// All of it, as it is in the log.
    Fact(ConversationFact),
    /// A request, as operators are shown it.
    Request {
        /// In a conversation that was kept open?
        again: bool,
        /// As the visitor card lists it.
        request: Box<visible_to_operator::Request>,
    },
    /// The visitor went to another page, as operators are shown it.
    Page(Option<visible_to_operator::Page>),
    /// The operator changed, as visitors are shown it: without the names and the reasons that only the staff knows.
    Moved(Move),
}

/// How a conversation came to another operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It was transferred by hand.
    Transferred,
    /// It was transferred by a rule.
    AutoTransferred,
    /// It waits again.
    ReturnedToQueue,
}

impl ShownLine {
    /// All of a line.
    pub fn whole(line: Line) -> Self {
        let Line { livechat, conversation, position, at, role, author, operator, fact, command } = line;
        let content = Content::Fact(fact);
        Self { livechat, conversation, position, at, role, author, operator, content, command }
    }

    /// A line, with other content than its fact.
    pub(super) fn with(line: Line, content: Content) -> Self {
        Self { content, ..Self::whole(line) }
    }
}

/// As JSON has it.
impl From<ShownLine> for LineRow {
    fn from(line: ShownLine) -> Self {
        let ShownLine { livechat, conversation, position, at, role, author, operator, content, command } =
            line;
        let (kind, data) = match content {
            Content::Fact(fact) => {
                let fact =
                    Line { livechat, conversation, position, at, role, author, operator, fact, command };
                return Self::from(fact);
            }
            Content::Request { again: false, request } => ("requested", json(&request)),
            Content::Request { again: true, request } => ("requested_again", json(&request)),
            Content::Page(page) => ("page_changed", page.as_ref().and_then(json)),
            Content::Moved(Move::Transferred) => ("transferred", None),
            Content::Moved(Move::AutoTransferred) => ("auto_transferred", None),
            Content::Moved(Move::ReturnedToQueue) => ("returned_to_queue", None),
        };
        Self {
            livechat,
            conversation,
            position,
            at,
            kind: Cow::Borrowed(kind),
            role,
            author,
            operator,
            voice: None,
            number: None,
            phrase: None,
            text: None,
            data,
            command,
        }
    }
}

fn json(what: &impl Serialize) -> Option<Value> {
    serde_json::to_value(what).ok()
}
