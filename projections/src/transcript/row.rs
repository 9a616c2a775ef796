//! A line of a transcript as the table and JSON have it: what analysts ask for most in columns of its own, the rest in
//! `data`.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::{ConversationFact, Exchange, Flow, Visit};
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::line::Line;
use crate::encoding;
use crate::requested_by::RequestedBy;

/// The kind of a request.
pub(crate) const REQUESTED: &str = "requested";

/// The kind of a request in a conversation that was kept open.
pub(crate) const REQUESTED_AGAIN: &str = "requested_again";

/// The key of the requester's role, beside the content of a request.
const REQUESTED_BY: &str = "requested_by";

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Line)]
pub struct LineRow {
    /// In which livechat.
    pub livechat: String,
    /// Of which conversation, a UUID.
    pub conversation: String,
    /// The position of the event in the log.
    pub position: i64,
    /// When.
    #[serde(with = "encoding::millis")]
    pub at: DateTime<Utc>,
    /// What happened: `requested`, `message`, `internal_message`, `assigned`, `transferred`, `ended` and so on.
    #[schema(value_type = String, example = "message")]
    pub kind: Cow<'static, str>,
    /// The role of the true author: `visitor`, `operator`, `supervisor`, `integration`, `system`.
    pub role: String,
    /// The true author within the role; empty for the system.
    pub author: String,
    /// The operator in charge once this has happened; for an end, the one who was.
    pub operator: Option<String>,
    /// In whose voice a message was heard: `visitor`, `operator`, `system`.
    pub voice: Option<String>,
    /// The sequence number of the message in the conversation, from 1.
    pub number: Option<i64>,
    /// Which phrase of the settings it was.
    pub phrase: Option<String>,
    /// What was said.
    pub text: Option<String>,
    /// The details, by kind.
    pub data: Option<Value>,
    /// The command that caused it, a UUID.
    pub command: String,
}

impl LineRow {
    /// The bytes of the content, beside the few that every line has.
    pub fn bytes(&self) -> usize {
        let data = self.data.as_ref().map_or(0, |data| data.to_string().len());
        self.text.as_ref().map_or(0, String::len) + data
    }
}

impl From<Line> for LineRow {
    fn from(line: Line) -> Self {
        let Line { livechat, conversation, position, at, role, author, operator, fact, command } = line;
        let Content { kind, voice, number, phrase, text, mut data } = Content::of(&fact);
        if let (REQUESTED | REQUESTED_AGAIN, Some(Value::Object(request))) = (&*kind, &mut data) {
            request.insert(REQUESTED_BY.to_owned(), encoding::json(&RequestedBy::role(&role)));
        }
        Self {
            livechat,
            conversation,
            position,
            at,
            kind,
            role,
            author,
            operator,
            voice,
            number,
            phrase,
            text,
            data,
            command,
        }
    }
}

impl TryFrom<LineRow> for Line {
    type Error = serde_json::Error;

    fn try_from(row: LineRow) -> Result<Self, serde_json::Error> {
        let LineRow { livechat, conversation, position, at, role, author, operator, command, .. } = row;
        let LineRow { kind, voice, number, phrase, text, data, .. } = row;
        let fact = Content { kind, voice, number, phrase, text, data }.fact()?;
        Ok(Self { livechat, conversation, position, at, role, author, operator, fact, command })
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(LineRow::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A fact as columns.
#[derive(Default)]
struct Content {
    kind: Cow<'static, str>,
    voice: Option<String>,
    number: Option<i64>,
    phrase: Option<String>,
    text: Option<String>,
    data: Option<Value>,
}

impl Content {
    /// Most facts are their stored name and their content; what was said, and a few others, have columns of their own.
    fn of(fact: &ConversationFact) -> Self {
        match fact {
            ConversationFact::Exchange(Exchange::MessagePosted { number, voice, phrase, text, source }) => {
                Self {
                    voice: Some(encoding::word(voice)),
                    number: Some(i64::from(*number)),
                    phrase: phrase.as_ref().map(encoding::word),
                    text: Some(text.reveal().to_string()),
                    data: source.as_ref().map(|source| json!({ "source": source })),
                    ..Self::named("message")
                }
            }
            ConversationFact::Exchange(Exchange::InternalMessagePosted { text }) => {
                Self { text: Some(text.reveal().to_string()), ..Self::named("internal_message") }
            }
            ConversationFact::Exchange(Exchange::FileSent { voice, file }) => Self {
                voice: Some(encoding::word(voice)),
                data: Some(encoding::json(file)),
                ..Self::named("file_sent")
            },
            ConversationFact::Exchange(Exchange::CopyMailed { .. }) => Self::named("copy_mailed"),
            ConversationFact::Flow(Flow::AssignedByHand { forced }) => {
                Self { data: Some(json!({ "forced": forced })), ..Self::named("assigned") }
            }
            ConversationFact::Visit(Visit::PageChanged { page }) => {
                Self { data: Some(encoding::json(page)), ..Self::named("page_changed") }
            }
            ConversationFact::Survey(_) => {
                let mut content = Self::as_stored(fact);
                if let Some(Value::Object(data)) = &mut content.data {
                    // In the log, the first segment is left out.
                    data.entry("segment").or_insert_with(|| json!(1));
                }
                content
            }
            ConversationFact::Flow(_)
            | ConversationFact::Exchange(_)
            | ConversationFact::Notice(_)
            | ConversationFact::Attention(_)
            | ConversationFact::Visit(_) => Self::as_stored(fact),
        }
    }

    fn named(kind: &'static str) -> Self {
        Self { kind: Cow::Borrowed(kind), ..Self::default() }
    }

    /// The name and the content of a fact, as the log has them.
    fn as_stored(fact: &ConversationFact) -> Self {
        match encoding::json(fact) {
            Value::Object(fact) => {
                let (name, content) = fact.into_iter().next().unwrap_or_default();
                Self { kind: Cow::Owned(name), data: Some(content), ..Self::default() }
            }
            name @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                Self { kind: Cow::Owned(encoding::word(&name)), ..Self::default() }
            }
        }
    }

    /// The fact in these columns, as [`Content::of`] wrote them.
    fn fact(self) -> Result<ConversationFact, serde_json::Error> {
        let Self { kind, voice, number, phrase, text, data } = self;
        let (name, content) = match (&*kind, data) {
            ("message", data) => {
                return Ok(ConversationFact::Exchange(Exchange::MessagePosted {
                    number: number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default(),
                    voice: read(Value::from(voice))?,
                    phrase: read(Value::from(phrase))?,
                    text: read(Value::from(text))?,
                    source: read(data.map_or(Value::Null, |mut data| data["source"].take()))?,
                }));
            }
            ("internal_message", _) => ("internal_message_posted", Some(json!({ "text": text }))),
            ("file_sent", file) => ("file_sent", Some(json!({ "voice": voice, "file": file }))),
            ("copy_mailed", _) => ("copy_mailed", Some(json!({ "to": "" }))),
            ("assigned", Some(forced)) => ("assigned_by_hand", Some(forced)),
            ("page_changed", page) => ("page_changed", Some(json!({ "page": page }))),
            (REQUESTED | REQUESTED_AGAIN, Some(Value::Object(mut request))) => {
                // The requester's role is no part of the request.
                request.remove(REQUESTED_BY);
                (&*kind, Some(Value::Object(request)))
            }
            (kind, data) => (kind, data),
        };
        read(match content {
            Some(content) => json!({ name: content }),
            None => Value::from(name),
        })
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(value)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::{Event, Fact};

    use super::*;

    /// A line of each event of a conversation, as the log has it.
    fn lines() -> Vec<Line> {
        let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/goldens");
        let files = std::fs::read_dir(goldens).unwrap().flatten();
        let files = files.filter(|file| file.file_name().to_str().unwrap().starts_with("conversation."));
        let events =
            files.map(|file| serde_json::from_slice::<Event>(&std::fs::read(file.path()).unwrap()).unwrap());
        let line = |event: Event| {
            let Fact::Conversation { conversation, fact, .. } = event.fact else {
                panic!("{:?}", event.fact)
            };
            let (livechat, position, operator) = ("support".to_owned(), 1, None);
            let (role, author) = (event.by.role().to_owned(), event.by.subject().to_owned());
            let (conversation, at, command) = (conversation.to_string(), event.at, String::new());
            Line { livechat, conversation, position, at, role, author, operator, fact, command }
        };
        events.map(line).collect()
    }

    #[test]
    fn a_line_reads_back_from_its_row() {
        let lines = lines();
        assert!(lines.len() > 40, "{}", lines.len());
        for line in lines {
            let row = LineRow::from(line.clone());
            let json = serde_json::to_string(&row).unwrap();
            let back: Line = serde_json::from_str(&json).unwrap();
            if matches!(line.fact, ConversationFact::Exchange(Exchange::CopyMailed { .. })) {
                assert!(!json.contains('@'), "the address is not kept: {json}");
                assert_eq!(LineRow::from(back), row);
            } else {
                assert_eq!(back, line, "{json}");
            }
        }
    }
}
