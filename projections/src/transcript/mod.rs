//! Answers: what was said and done in a conversation, by whom, when (spec.md §History, audit, analysts)?
//!
//! One line per event of the conversation: the whole life can be read back, from what the bot said before to the last
//! phrase. Only an operator's typing is left out: it moves a timer and shows nothing.
//!
//! A [`Line`] has the fact itself. In the table, and in JSON, it is a [`LineRow`].

mod line;
mod row;

use domain::{ConversationId, Fact, LivechatId};
use journal::{Position, Record};
use serde::{Deserialize, Serialize};

use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::page::Page;
use crate::projection::{Column, Projection, Table};
use crate::search::SearchLine;

pub use line::Line;
pub use row::LineRow;
pub(crate) use row::{REQUESTED, REQUESTED_AGAIN};

/// Lines in one page of a transcript: most conversations fit in the first.
pub const LINES_MAX: usize = 1_000;

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct Transcript;

/// The key of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The position of the event in the log.
    pub position: i64,
}

impl LineKey {
    /// The line that a line of the search is from.
    pub(crate) fn of(found: &SearchLine) -> Option<Self> {
        let livechat = LivechatId::stored(&found.livechat).ok()?;
        let conversation = ConversationId(found.conversation.parse().ok()?);
        Some(Self { livechat, conversation, position: found.position })
    }
}

impl Projection for Transcript {
    type Row = LineRow;
    type Key = LineKey;

    const TABLE: Table = Table {
        name: "transcript",
        key: &["livechat", "conversation", "position"],
        columns: &[
            Column::text("livechat"),
            Column::text("conversation"),
            Column::integer("position"),
            Column::time("at"),
            Column::text("kind"),
            Column::text("role"),
            Column::text("author"),
            Column::text("operator"),
            Column::text("voice"),
            Column::integer("number"),
            Column::text("phrase"),
            Column::text("text"),
            Column::json("data"),
            Column::text("command"),
        ],
    };

    const APPEND_ONLY: bool = true;

    fn keys(event: &Record) -> impl IntoIterator<Item = LineKey> {
        match &event.event.fact {
            Fact::Conversation { conversation, fact, .. } => line::is_line(fact).then(|| LineKey {
                livechat: event.livechat.clone(),
                conversation: *conversation,
                position: encoding::position(event.position),
            }),
            Fact::Livechat(_) | Fact::Operator { .. } => None,
        }
    }

    fn fold(row: Option<Box<LineRow>>, _: &LineKey, event: &Record) -> Option<Box<LineRow>> {
        Line::of(event).map(|line| Box::new(LineRow::from(line))).or(row)
    }
}

/// The lines after a position, oldest first, at most [`LINES_MAX`].
pub(crate) async fn read(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    conversation: ConversationId,
    after: Position,
) -> Result<Page<Line>, Error> {
    let select = Select::from(Transcript::TABLE)
        .equal("livechat", livechat)
        .equal("conversation", &conversation)
        .after("position", encoding::position(after))
        .order("position");
    Ok(Page::of(transaction.page(select, LINES_MAX).await?, |line: &Line| line.position))
}
