//! The visitor's page, as events and commands name it.

use serde::{Deserialize, Serialize};

use crate::limits::CARD_VALUE_CHARACTERS_MAX;
use crate::personal::Personal;
use crate::text::{Received, Rule};

/// Where the visitor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// On the page, as far as anybody knows.
    #[default]
    Here,
    /// The page is open and has not been looked at for 3 minutes.
    Away,
    /// No page has been open for 30 s.
    LeftSite,
}

/// The page that the visitor is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its address: 1 to 2,000 characters.
    pub url: Personal<String>,
    /// Its title: 1 to 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal<String>>,
}

impl Page {
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        let line = Rule::line(CARD_VALUE_CHARACTERS_MAX);
        texts.with(line, "url", &mut self.url);
        if let Some(title) = &mut self.title {
            texts.with(line, "title", title);
        }
    }
}
