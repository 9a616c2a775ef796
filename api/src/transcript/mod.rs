//! The transcript of a conversation for people (spec.md §History, audit, analysts): what was said and what
//! happened, in the language of the reader and the time zone of the livechat.
//!
//! [`redaction`] leaves in the lines what a reader may know; everything after it tells all it is given. [`entry`]
//! makes of a line what is told, in the words of [`wording`]; [`surveys`] finds the questions that were answered.
//! [`html`] and [`text`] only set it, page by page, so that a long conversation takes no more memory than a
//! short one.

pub mod entry;
mod head;
mod html;
pub mod redaction;
mod size;
mod surveys;
mod text;
mod wording;

use chrono::NaiveDate;
use domain::text::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use entry::{Answered, Entry, LineRenderer, Side};
pub use head::Head;
pub use surveys::KnownSurveys;

/// As what a transcript is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TranscriptFormat)]
pub enum Format {
    /// Lines to work with, page by page.
    #[default]
    Json,
    /// Plain text, whole.
    Text,
    /// A page to print, whole: complete by itself, without scripts, everything escaped.
    Html,
}

/// What a transcript is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Plain text.
    Text,
    /// A page to print.
    Html,
}

impl Paper {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// Sets a transcript, piece by piece.
#[derive(Clone, Debug)]
pub struct Typesetter {
    paper: Paper,
    language: Language,
    /// The day of the last entry, in the time zone of the livechat.
    day: Option<NaiveDate>,
}

impl Typesetter {
    /// Sets on this paper.
    pub const fn new(paper: Paper, language: Language) -> Self {
        Self { paper, language, day: None }
    }

    /// What stands above.
    pub fn head(&self, head: &Head) -> String {
        match self.paper {
            Paper::Html => html::head(head),
            Paper::Text => text::head(head),
        }
    }

    /// The entries that follow those set before, with a heading for each day.
    pub fn entries<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) -> String {
        let mut page = String::new();
        for entry in entries {
            let day = entry.at.date_naive();
            let before = self.day.replace(day);
            if before != Some(day) {
                let heading = wording::day(day, self.language);
                match self.paper {
                    Paper::Html => html::day(&mut page, &heading, before.is_none()),
                    Paper::Text => text::day(&mut page, &heading),
                }
            }
            match self.paper {
                Paper::Html => html::entry(&mut page, entry, self.language),
                Paper::Text => text::entry(&mut page, entry, self.language),
            }
        }
        page
    }

    /// What stands below.
    pub fn foot(&self) -> String {
        match self.paper {
            Paper::Html => html::foot(self.day.is_some()),
            Paper::Text => String::new(),
        }
    }
}
