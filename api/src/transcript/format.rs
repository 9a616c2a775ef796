//! The forms in which a transcript is read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The form of an answer.
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
