//! Everything a request for a conversation carries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::id::{SkillId, VisitorId};
use crate::limits::{CARD_VALUE_CHARACTERS_MAX, CARD_VARIABLES_MAX};
use crate::personal::Personal;
use crate::text::{Address, Language, Name, Received, Rule, Text};
use crate::timestamp::Timestamp;

/// Everything a request carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Who asks.
    pub visitor: Visitor,
    /// In which language.
    pub language: Language,
    /// The skill the operator must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<SkillId>,
    /// What is known of the visitor.
    #[serde(default, skip_serializing_if = "Card::is_empty")]
    pub card: Card,
    /// The exchange with the bot before, oldest first: at most 200 lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryLine>,
}

/// Who chats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Visitor {
    /// As named by the site or the bot.
    pub id: VisitorId,
    /// If known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<Name>>,
    /// If known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<Address>>,
    /// The integration vouches for the visitor's identity: the visitor may then read the other conversations of the
    /// same identifier that were vouched for, and is distinct from anybody who merely claims it. Only an integration
    /// may say it (since version 1.1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authenticated: bool,
}

impl Visitor {
    /// A visitor of whom nothing but the identifier is known.
    pub const fn of(id: VisitorId) -> Self {
        Self { id, name: None, email: None, authenticated: false }
    }
}

/// The visitor card: facts about the visitor and the visit. Each value has at most 2,000 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Card {
    /// Address of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_url: Option<Personal<String>>,
    /// Title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_title: Option<Personal<String>>,
    /// Browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<Personal<String>>,
    /// Operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<Personal<String>>,
    /// Where the visitor came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Personal<String>>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Personal<String>>,
    /// Seconds on the site before the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_on_site_secs: Option<u32>,
    /// Whatever the site adds: at most 50 variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Personal<String>>,
}

/// One line of the exchange with the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HistoryLine {
    /// When, if known: from 0001-01-02 to 9999-12-30, so that it has four digits by the clocks of every place.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::timestamp::optional")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub at: Option<Timestamp>,
    /// Who spoke.
    pub author: HistoryAuthor,
    /// What was said.
    pub text: Personal<Text>,
}

/// Who spoke before the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HistoryAuthor {
    /// The visitor.
    Visitor,
    /// The bot.
    Bot,
}

impl Request {
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        texts.identifier("visitor.id", self.visitor.id.as_str());
        texts.read_if_any("visitor.name", &mut self.visitor.name);
        texts.read_if_any("visitor.email", &mut self.visitor.email);
        self.card.read_texts(texts);
        for (position, line) in self.history.iter_mut().enumerate() {
            texts.read(&format!("history[{position}].text"), &mut line.text);
        }
    }
}

impl Card {
    fn read_texts(&mut self, texts: &mut Received) {
        let line = Rule::line(CARD_VALUE_CHARACTERS_MAX);
        let named = [
            ("card.page_url", &mut self.page_url),
            ("card.page_title", &mut self.page_title),
            ("card.browser", &mut self.browser),
            ("card.system", &mut self.system),
            ("card.referrer", &mut self.referrer),
            ("card.country", &mut self.country),
        ];
        for (field, value) in named {
            if let Some(value) = value {
                texts.with(line.or_blank(), field, value);
            }
        }
        // The site may add an address or a basket of several lines.
        let value_rule = Rule::text(CARD_VALUE_CHARACTERS_MAX).or_blank();
        self.variables = std::mem::take(&mut self.variables)
            .into_iter()
            .map(|(mut name, mut value)| {
                texts.with(line, "card.variables", &mut name);
                texts.with(value_rule, &format!("card.variables.{name}"), &mut value);
                (name, value)
            })
            .collect();
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn check(&self, check: &mut Check) {
        let named = [
            ("card.page_url", &self.page_url),
            ("card.page_title", &self.page_title),
            ("card.browser", &self.browser),
            ("card.system", &self.system),
            ("card.referrer", &self.referrer),
            ("card.country", &self.country),
        ];
        let allowed = both!(
            "at most {CARD_VALUE_CHARACTERS_MAX} characters, without NUL",
            "{CARD_VALUE_CHARACTERS_MAX} caractères au plus, sans NUL"
        );
        let fits = |value: &str| value.chars().count() <= CARD_VALUE_CHARACTERS_MAX && !value.contains('\0');
        for (field, value) in named {
            if value.as_ref().is_some_and(|value| !fits(value.reveal())) {
                check.wrong(field, allowed.clone());
            }
        }
        check.must(
            self.variables.len() <= CARD_VARIABLES_MAX,
            "card.variables",
            both("at most 50 variables", "50 variables au plus"),
        );
        for (name, value) in &self.variables {
            if !fits(name) || !fits(value.reveal()) {
                check.wrong(
                    "card.variables",
                    both!(
                        "names and values of at most {CARD_VALUE_CHARACTERS_MAX} characters, without NUL",
                        "des noms et des valeurs de {CARD_VALUE_CHARACTERS_MAX} caractères au plus, sans NUL"
                    ),
                );
            }
        }
    }
}
