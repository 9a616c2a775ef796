//! What is shown of a conversation that was found: up to three lines in which something of it is said.

use crate::text_search::{Fragment, Term, passage};
use chrono::{DateTime, Utc};
use domain::event::HistoryAuthor;
use serde::Serialize;
use utoipa::ToSchema;

use super::lines::SearchLine;
use crate::encoding;
use crate::told_by::ToldBy;
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
    /// Who of the staff wrote it.
    pub author: Option<String>,
    /// Who handed in the exchange with the bot: `visitor` is a claim that nobody has checked. Absent for what was said here.
    pub told_by: Option<ToldBy>,
    /// The passage that has most of the words, in pieces that follow one another.
    pub pieces: Vec<Fragment>,
}

/// Who is heard in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The visitor, to the operator or to the bot before.
    Visitor,
    /// An operator, or somebody in the operator's stead.
    Operator,
    /// The bot, before.
    Bot,
}

/// The line of the transcript that has what was found, as it is shown.
pub(super) fn shown(found: &SearchLine, line: &Line, terms: &[Term]) -> Option<Extract> {
    let (at, voice, author, told_by, text) = if let Some(text) = &line.text {
        let is_visitor = line.voice.as_deref() == Some("visitor");
        let voice = if is_visitor { Speaker::Visitor } else { Speaker::Operator };
        let author = (line.role != "visitor").then(|| line.author.clone());
        (Some(line.at), voice, author, None, text.clone())
    } else {
        let request = line.request()?;
        let said = request.history.get(usize::try_from(found.line).ok()?)?;
        let voice = match said.author {
            HistoryAuthor::Visitor => Speaker::Visitor,
            HistoryAuthor::Bot => Speaker::Bot,
        };
        (said.at, voice, None, Some(ToldBy::role(&line.role)), said.text.reveal().to_string())
    };
    Some(Extract { position: line.position, at, voice, author, told_by, pieces: passage(&text, terms) })
}
