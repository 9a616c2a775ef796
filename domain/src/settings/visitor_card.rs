//! Visitor card (spec.md §Visitor card): which facts of the visitor the operator sees, and in which
//! order. What is not listed is not sent to the desk.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::limits::{CARD_VARIABLES_MAX, NAME_CHARACTERS_MAX};
use crate::personal::Personal;
use crate::text::{Received, Rule};

/// The visitor card section: each fact at most once, at most 50 variables among them. By default all
/// facts but variables; an empty list shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct VisitorCard(pub Vec<CardField>);

/// A fact of the visitor or the visit: `"name"`, or `{"variable": "contract"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardField {
    /// Name of the visitor.
    Name,
    /// E-mail of the visitor.
    Email,
    /// Language of the conversation, as a code.
    Language,
    /// Address of the page.
    PageUrl,
    /// Title of the page.
    PageTitle,
    /// Browser.
    Browser,
    /// Operating system.
    System,
    /// Where the visitor came from.
    Referrer,
    /// Country.
    Country,
    /// Time on the site before the request, in seconds.
    TimeOnSite,
    /// What the site adds under this name: 1 to 100 characters.
    Variable(String),
}

/// One line of the card on the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CardLine {
    /// Which fact.
    pub field: CardField,
    /// What it is, never blank: `fr`, `https://…`, `42` (seconds).
    pub value: Personal<String>,
}

impl CardField {
    /// Every fact but variables: first identity, then origin, then device.
    pub const BUILT_IN: [Self; 10] = [
        Self::Name,
        Self::Email,
        Self::Language,
        Self::Country,
        Self::PageTitle,
        Self::PageUrl,
        Self::Referrer,
        Self::TimeOnSite,
        Self::Browser,
        Self::System,
    ];
}

impl Default for VisitorCard {
    fn default() -> Self {
        Self(CardField::BUILT_IN.to_vec())
    }
}

impl VisitorCard {
    pub(super) fn read_texts(&mut self, texts: &mut Received) {
        for (position, field) in self.0.iter_mut().enumerate() {
            if let CardField::Variable(name) = field {
                let path = format!("visitor_card[{position}].variable");
                texts.with(Rule::line(NAME_CHARACTERS_MAX), &path, name);
            }
        }
    }

    /// Names every wrong field, as in `visitor_card[3].variable`.
    pub fn check(&self, check: &mut Check) {
        let listed_max = CardField::BUILT_IN.len() + CARD_VARIABLES_MAX;
        if self.0.len() > listed_max {
            return check.wrong(
                "visitor_card",
                both!(
                    "at most {listed_max} facts, of which {CARD_VARIABLES_MAX} variables",
                    "{listed_max} éléments au plus, dont {CARD_VARIABLES_MAX} variables"
                ),
            );
        }
        let mut seen = BTreeSet::new();
        let mut variables = 0;
        for (position, field) in self.0.iter().enumerate() {
            let path = format!("visitor_card[{position}]");
            check.must(seen.insert(field), &path, both("each fact once", "chaque élément une seule fois"));
            if let CardField::Variable(name) = field {
                variables += 1;
                check.text(format!("{path}.variable"), name, NAME_CHARACTERS_MAX);
            }
        }
        if variables > CARD_VARIABLES_MAX {
            check.wrong(
                "visitor_card",
                both!("at most {CARD_VARIABLES_MAX} variables", "{CARD_VARIABLES_MAX} variables au plus"),
            );
        }
    }
}
