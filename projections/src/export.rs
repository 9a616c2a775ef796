//! Answers: all rows of a table in a period, as a file (spec.md §History, audit, analysts).
//!
//! The rows are those that figures are computed from, with the same columns, so that their numbers agree with the
//! screen. They come from the same snapshot, and are read a page at a time: whatever their number, only a few pages are
//! in memory. Rows about what has not ended yet are left out: they would change.
//!
//! The names of visitors are left out: nothing is counted by them.

use std::time::Duration;

use domain::event::Exported;
use domain::{LivechatId, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::assignments::Assignment;
use crate::contacts::Contact;
use crate::conversations::Conversations;
use crate::database::{Database, Span};
use crate::encoding;
use crate::error::Error;
use crate::operator_time::OperatorTime;
use crate::projection::{Column, Projection as _, Table};
use crate::survey_answers::SurveyAnswer;

pub use crate::database::PAGE_ROWS;

/// How long reading may last in all: meanwhile the database cannot clean up.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Columns that are left out.
const LEFT_OUT: [&str; 1] = ["visitor_name"];

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// Each request and its outcome, by the time of the request.
    Contacts,
    /// Each time that an operator had a conversation, if any of it is in the period.
    Assignments,
    /// Each time that an operator was in a status, if any of it is in the period.
    OperatorTime,
    /// Each survey that was answered or closed, by when it was asked.
    Surveys,
    /// Each conversation, by when it was first requested.
    Conversations,
}

impl ExportKind {
    /// All there are.
    pub const ALL: [Self; 5] =
        [Self::Contacts, Self::Assignments, Self::OperatorTime, Self::Surveys, Self::Conversations];

    /// As the log calls them.
    pub const fn exported(self) -> Exported {
        match self {
            Self::Contacts => Exported::Contacts,
            Self::Assignments => Exported::Assignments,
            Self::OperatorTime => Exported::OperatorTime,
            Self::Surveys => Exported::Surveys,
            Self::Conversations => Exported::Conversations,
        }
    }

    /// The name, as in an address.
    pub fn name(self) -> String {
        encoding::word(&self)
    }

    const fn table(self) -> Table {
        match self {
            Self::Contacts => Contact::TABLE,
            Self::Assignments => Assignment::TABLE,
            Self::OperatorTime => OperatorTime::TABLE,
            Self::Surveys => SurveyAnswer::TABLE,
            Self::Conversations => Conversations::TABLE,
        }
    }

    /// The columns, in their order.
    pub fn columns(self) -> Vec<Column> {
        let columns = self.table().columns.iter();
        columns.filter(|column| !LEFT_OUT.contains(&column.name)).copied().collect()
    }

    /// Has every row a value in this column?
    pub fn is_required(self, column: &str) -> bool {
        self.table().key.contains(&column)
    }

    /// The rows of a livechat that figures of the period count, in the order of their positions.
    const fn span(self, from: Timestamp, until: Timestamp) -> Span {
        let (begins, ends, order, present) = match self {
            Self::Contacts => ("requested_at", "requested_at", "position", None),
            Self::Assignments | Self::OperatorTime => ("since", "until", "position", None),
            Self::Surveys => ("asked_at", "asked_at", "position", None),
            Self::Conversations => ("requested_at", "requested_at", "requested_position", Some("ended_at")),
        };
        Span { table: self.table(), begins, ends, from, until, present, order }
    }
}

/// Pages of rows, as they are read.
#[derive(Debug)]
pub struct Pages {
    pages: mpsc::Receiver<Result<Vec<String>, Error>>,
}

impl Pages {
    /// Begins to read the rows of a livechat from a time on, until before another, as they are now. Reading
    /// ends when this value is dropped.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn begin(
        database: &Database,
        livechat: &LivechatId,
        rows: ExportKind,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Self, Error> {
        let transaction = database.read().await?;
        // One page is read while another is sent.
        let (sender, pages) = mpsc::channel(1);
        let (livechat, span) = (livechat.clone(), rows.span(from, until));
        tokio::spawn(async move {
            let sent = timeout(LONGEST, transaction.send_pages(&livechat, &span, &sender)).await;
            if let Err(error) = sent.unwrap_or(Err(Error::CutOff)) {
                // The reader may be gone.
                let _ = sender.send(Err(error)).await;
            }
        });
        Ok(Self { pages })
    }

    /// The next rows, each a JSON object with the columns as keys; nothing at the end.
    ///
    /// # Errors
    /// The database. There are no pages after an error.
    pub async fn next(&mut self) -> Result<Option<Vec<String>>, Error> {
        match self.pages.recv().await {
            Some(page) => Ok(Some(page?).filter(|page| !page.is_empty())),
            // The end is marked, so that a part cannot be mistaken for the whole.
            None => Err(Error::CutOff),
        }
    }
}
