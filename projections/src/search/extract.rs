//! What is shown of a conversation that was found: up to three lines in which something of it is said.

use crate::text_search::{Fragment, Term, passage};
use chrono::{DateTime, Utc};
use domain::event::{HistoryAuthor, Voice};
use domain::{ConversationFact, Exchange, Flow};
use serde::Serialize;
use utoipa::ToSchema;

use super::lines::SearchLine;
use crate::encoding;
use crate::requested_by::RequestedBy;
use crate::transcript::Line;

/// A line in which something of what was looked for is said.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Extract {
    /// The position of its line in the transcript; that of the request, for the exchange with the bot.
    pub position: i64,
    /// When it was said, if that is known.
    #[serde(serialize_with = "encoding::millis_option::serialize")]
    pub at: Option<DateTime<Utc>>,
    /// Who was heard.
    pub voice: Speaker,
    /// The member of staff who wrote it.
    pub author: Option<String>,
    /// Who handed in the exchange with the bot: `visitor` is a claim that nobody has checked. Absent for what was said here.
    pub requested_by: Option<RequestedBy>,
    /// The passage that has most of the words, in pieces that follow one another.
    pub pieces: Vec<Fragment>,
}

/// Who is heard in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The visitor, to the operator or to the bot before.
    Visitor,
    /// An operator, or a supervisor in the operator's stead.
    Operator,
    /// The bot, before.
    Bot,
}

/// The line of the transcript that has what was found, as it is shown.
pub(super) fn shown(found: &SearchLine, line: &Line, terms: &[Term]) -> Option<Extract> {
    let (at, voice, author, requested_by, text) = match &line.fact {
        ConversationFact::Exchange(Exchange::MessagePosted { voice, text, .. }) => {
            let voice = if *voice == Voice::Visitor { Speaker::Visitor } else { Speaker::Operator };
            (Some(line.at), voice, staff_author(line), None, text.reveal().to_string())
        }
        ConversationFact::Exchange(Exchange::InternalMessagePosted { text }) => {
            (Some(line.at), Speaker::Operator, staff_author(line), None, text.reveal().to_string())
        }
        ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request)) => {
            let said = request.history.get(usize::try_from(found.line).ok()?)?;
            let voice = match said.author {
                HistoryAuthor::Visitor => Speaker::Visitor,
                HistoryAuthor::Bot => Speaker::Bot,
            };
            (said.at, voice, None, Some(RequestedBy::role(&line.role)), said.text.reveal().to_string())
        }
        ConversationFact::Flow(_)
        | ConversationFact::Exchange(_)
        | ConversationFact::Notice(_)
        | ConversationFact::Attention(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Survey(_) => return None,
    };
    Some(Extract { position: line.position, at, voice, author, requested_by, pieces: passage(&text, terms) })
}

/// The author of a line, where that is one of the staff.
fn staff_author(line: &Line) -> Option<String> {
    (line.role != "visitor").then(|| line.author.clone())
}
