//! Sets a transcript for paper, page by page.

use chrono::NaiveDate;
use domain::text::Language;

use super::entry::Entry;
use super::format::Paper;
use super::head::Head;
use super::{html, text, wording};

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

    /// The head.
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

    /// The foot.
    pub fn foot(&self) -> String {
        match self.paper {
            Paper::Html => html::foot(self.day.is_some()),
            Paper::Text => String::new(),
        }
    }
}
