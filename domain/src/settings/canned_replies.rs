//! Canned replies (spec.md §Knowledge, canned replies, skills): texts that operators have ready, by
//! theme.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::id::ReplyId;
use crate::limits::{CANNED_REPLIES_MAX, MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX, SECTION_BYTES_MAX};
use crate::text::{Language, Received, Rule};

/// The canned replies section: at most 500, and 1 MiB of text in all; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct CannedReplies(pub Vec<CannedReply>);

/// One canned reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CannedReply {
    /// Its identifier, unique in the livechat.
    pub id: ReplyId,
    /// What operators find it by: 1 to 100 characters.
    pub title: String,
    /// What the visitor will read, per language: at least one, 1 to 5,000 characters each as in a message.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<Language, String>))]
    pub text: BTreeMap<Language, Arc<str>>,
    /// What it is listed under: 1 to 100 characters.
    pub theme: String,
    /// Do operators see it? Not by default.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(default = false))]
    pub published: bool,
}

/// The replies of one theme that can be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Theme<'a> {
    /// Its name.
    pub theme: &'a str,
    /// At least one, in the order of the section.
    pub replies: Vec<Ready<'a>>,
}

/// A reply in the language of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ready<'a> {
    /// Which reply.
    pub id: &'a ReplyId,
    /// Its title.
    pub title: &'a str,
    /// The text to send.
    pub text: &'a str,
}

impl CannedReplies {
    pub(super) fn read_texts(&mut self, texts: &mut Received) {
        let line = Rule::line(NAME_CHARACTERS_MAX);
        for (position, reply) in self.0.iter_mut().enumerate() {
            let path = format!("canned_replies[{position}]");
            texts.identifier(&format!("{path}.id"), reply.id.as_str());
            texts.with(line, &format!("{path}.title"), &mut reply.title);
            texts.each(Rule::text(MESSAGE_CHARACTERS_MAX), &format!("{path}.text"), &mut reply.text);
            texts.with(line, &format!("{path}.theme"), &mut reply.theme);
        }
    }

    /// Names every wrong field, as in `canned_replies[0].text.fr`.
    pub fn check(&self, check: &mut Check) {
        if self.0.len() > CANNED_REPLIES_MAX {
            return check.wrong(
                "canned_replies",
                both!("at most {CANNED_REPLIES_MAX} replies", "{CANNED_REPLIES_MAX} réponses au plus"),
            );
        }
        check.must(
            self.0.iter().map(CannedReply::bytes).sum::<usize>() <= SECTION_BYTES_MAX,
            "canned_replies",
            both("at most 1 MiB of text in all", "1 Mio de texte au plus en tout"),
        );
        let mut seen = BTreeSet::new();
        for (position, reply) in self.0.iter().enumerate() {
            let path = format!("canned_replies[{position}]");
            check.must(
                seen.insert(&reply.id),
                &format!("{path}.id"),
                both("each reply once", "chaque réponse une seule fois"),
            );
            check.text(format!("{path}.title"), &reply.title, NAME_CHARACTERS_MAX);
            check.texts(&format!("{path}.text"), &reply.text, MESSAGE_CHARACTERS_MAX);
            check.text(format!("{path}.theme"), &reply.theme, NAME_CHARACTERS_MAX);
        }
    }

    /// What an operator may send, by theme: themes in the order of their first reply, replies in the
    /// order of the section.
    ///
    /// `language` is the visitor's, `fallback` the livechat's. A reply written in neither is left out, as
    /// the visitor could not read it.
    pub fn published_by_theme(&self, language: Language, fallback: Language) -> Vec<Theme<'_>> {
        let mut themes: Vec<Theme<'_>> = vec![];
        for reply in self.0.iter().filter(|reply| reply.published) {
            let Some(text) = reply.text.get(&language).or_else(|| reply.text.get(&fallback)) else {
                continue;
            };
            let ready = Ready { id: &reply.id, title: &reply.title, text };
            match themes.iter_mut().find(|theme| theme.theme == reply.theme) {
                Some(theme) => theme.replies.push(ready),
                None => themes.push(Theme { theme: &reply.theme, replies: vec![ready] }),
            }
        }
        themes
    }
}

impl CannedReply {
    fn bytes(&self) -> usize {
        let texts: usize = self.text.values().map(|text| text.len()).sum();
        self.title.len() + texts + self.theme.len()
    }
}
