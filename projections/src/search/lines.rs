//! The stems of what was said, line by line: what visitor and operator wrote, and the exchange with the bot
//! that a request brings. Phrases of Pupitre itself and notes between operators are not in it.
//!
//! Stop words ("le", "the") are left out.

use crate::text_search::each_stem;
use domain::event::Request;
use domain::event::Voice;
use domain::{ConversationFact, ConversationId, Exchange, Fact, Flow, LivechatId};
use journal::Record;
use serde::{Deserialize, Serialize};

use crate::encoding;
use crate::projection::{Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct SearchLines;

/// The key of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SearchLineKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The position of the event in the log.
    pub position: i64,
    /// Which line of the exchange with the bot, from 0; 0 for a message.
    pub line: i64,
}

row! {
    table "search_lines", key [livechat, conversation, position, line];

    /// One line, as it can be found.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct SearchLine {
        /// In which livechat.
        pub livechat: String,
        /// Of which conversation, a UUID.
        pub conversation: String,
        /// The position of the event in the log.
        pub position: i64,
        /// Which line of the exchange with the bot, from 0; 0 for a message.
        pub line: i64,
        /// The stems of its words in their order, with a space between them.
        pub stems: String,
    }
}

impl Projection for SearchLines {
    type Row = SearchLine;
    type Key = SearchLineKey;

    const TABLE: Table = SearchLine::TABLE;

    const APPEND_ONLY: bool = true;

    fn keys(event: &Record) -> impl IntoIterator<Item = SearchLineKey> {
        let lines = match &event.event.fact {
            Fact::Conversation { fact, .. } => lines_of(fact),
            Fact::Livechat(_) | Fact::Operator { .. } => 0,
        };
        let conversation = event.event.fact.conversation_id().filter(|_| lines > 0);
        let (livechat, position) = (event.livechat.clone(), encoding::position(event.position));
        conversation.into_iter().flat_map(move |conversation| {
            let livechat = livechat.clone();
            (0..lines).map(move |line| SearchLineKey {
                livechat: livechat.clone(),
                conversation,
                position,
                line,
            })
        })
    }

    fn fold(row: Option<Box<SearchLine>>, key: &SearchLineKey, event: &Record) -> Option<Box<SearchLine>> {
        let Fact::Conversation { fact, .. } = &event.event.fact else { return row };
        let stems = stems(text_of(fact, key.line)?);
        (!stems.is_empty()).then(|| {
            Box::new(SearchLine {
                livechat: key.livechat.to_string(),
                conversation: key.conversation.to_string(),
                position: key.position,
                line: key.line,
                stems,
            })
        })
    }
}

/// How many lines an event has that can be found.
fn lines_of(fact: &ConversationFact) -> i64 {
    if let Some(request) = request_of(fact) {
        return i64::try_from(request.history.len()).unwrap_or_default();
    }
    i64::from(text_of(fact, 0).is_some())
}

fn text_of(fact: &ConversationFact, line: i64) -> Option<&str> {
    if let Some(request) = request_of(fact) {
        let line = request.history.get(usize::try_from(line).ok()?)?;
        return Some(line.text.reveal().as_str());
    }
    if let ConversationFact::Exchange(Exchange::MessagePosted {
        voice: Voice::Visitor | Voice::Operator,
        text,
        ..
    }) = fact
    {
        return Some(text.reveal().as_str());
    }
    None
}

fn request_of(fact: &ConversationFact) -> Option<&Request> {
    if let ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request)) = fact {
        Some(request)
    } else {
        None
    }
}

/// The stems of the words of a text without stop words, in their order, with a space between them.
fn stems(text: &str) -> String {
    let mut stems = String::with_capacity(text.len());
    each_stem(text, |_, _, stem| {
        if !stems.is_empty() {
            stems.push(' ');
        }
        stems.push_str(&stem);
    });
    stems
}
