//! The printable version of an exchange: what was said and what happened, on paper or as plain text, in the
//! language of the reader and the time zone of the livechat.
//!
//! [`document`] decides what is told, in the words of [`words`]; [`html`] and [`text`] only set it. Whoever
//! renders gives lines that the reader may know: nothing is left out here for lack of a right.

mod document;
mod html;
mod text;
mod words;

use std::collections::BTreeMap;

use domain::settings::hours::TimeZone;
use domain::text::{Language, Name};
use projections::conversations::Conversation;
use projections::transcript::Line;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use document::Document;

/// What is printed, and for whom.
#[derive(Clone, Debug)]
pub struct Exchange<'a> {
    /// What the livechat is called.
    pub livechat: &'a Name,
    /// The conversation.
    pub conversation: &'a Conversation,
    /// Its lines, in order, as the reader may know them.
    pub lines: &'a [Line],
    /// The names visitors see, by operator.
    pub operators: &'a BTreeMap<String, String>,
    /// In which times are told.
    pub zone: &'a TimeZone,
    /// The reader's.
    pub language: Language,
}

/// On what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PrintFormat)]
pub enum Format {
    /// A page to print: complete by itself, without scripts, everything escaped.
    #[default]
    Html,
    /// Plain text.
    Text,
}

impl Exchange<'_> {
    /// The whole exchange in this format.
    pub fn render(&self, format: Format) -> String {
        let document = Document::of(self);
        match format {
            Format::Html => html::page(&document),
            Format::Text => text::page(&document),
        }
    }
}

impl Format {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}
