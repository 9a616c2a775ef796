//! A field of a survey: one question and the kind of answer it takes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::id::{ChoiceId, FieldId};
use crate::limits::{LABEL_CHARACTERS_MAX, SURVEY_CHOICES_MAX};
use crate::text::{Language, Received, Rule};

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its identifier, unique in the survey: figures add up the answers to it over the versions.
    pub id: FieldId,
    /// The question, per language: at least one, 1 to 300 characters each.
    pub label: BTreeMap<Language, String>,
    /// The kind of answer.
    pub kind: FieldKind,
    /// Whether an answer is required; not by default.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(default = false))]
    pub mandatory: bool,
    /// What can be chosen, in this order: 2 to 100 for the kinds that choose, none for the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// What kind of answer a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line of at most 200 characters.
    ShortText,
    /// A text of at most 4,000 characters.
    LongText,
    /// One of the choices, all of them in sight.
    SingleChoice,
    /// Any of the choices.
    MultipleChoice,
    /// One of the choices, folded away.
    DropDown,
    /// 1 to 5.
    Rating,
}

/// One choice of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its identifier, unique in the field.
    pub id: ChoiceId,
    /// What it reads, per language: at least one, 1 to 300 characters each.
    pub label: BTreeMap<Language, String>,
}

impl FieldKind {
    /// Does the answer choose among the choices of the field?
    pub const fn chooses(self) -> bool {
        match self {
            Self::SingleChoice | Self::MultipleChoice | Self::DropDown => true,
            Self::ShortText | Self::LongText | Self::Rating => false,
        }
    }
}

impl Field {
    pub(super) fn read_texts(&mut self, path: &str, texts: &mut Received) {
        let label = Rule::line(LABEL_CHARACTERS_MAX);
        texts.identifier(&format!("{path}.id"), self.id.as_str());
        texts.each(label, &format!("{path}.label"), &mut self.label);
        for (position, choice) in self.choices.iter_mut().enumerate() {
            let path = format!("{path}.choices[{position}]");
            texts.identifier(&format!("{path}.id"), choice.id.as_str());
            texts.each(label, &format!("{path}.label"), &mut choice.label);
        }
    }

    pub(super) fn check(&self, path: &str, check: &mut Check) {
        check.texts(&format!("{path}.label"), &self.label, LABEL_CHARACTERS_MAX);
        let choices = format!("{path}.choices");
        if !self.kind.chooses() {
            return check.must(
                self.choices.is_empty(),
                &choices,
                both(
                    "none: this kind of field has no choices",
                    "aucun\u{a0}: ce type de champ n’a pas de choix",
                ),
            );
        }
        if !(2..=SURVEY_CHOICES_MAX).contains(&self.choices.len()) {
            return check.wrong(
                choices,
                both!("2 to {SURVEY_CHOICES_MAX} choices", "2 à {SURVEY_CHOICES_MAX} choix"),
            );
        }
        let mut seen = BTreeSet::new();
        for (position, choice) in self.choices.iter().enumerate() {
            let path = format!("{choices}[{position}]");
            check.must(
                seen.insert(&choice.id),
                &format!("{path}.id"),
                both("each choice once in a field", "chaque choix une seule fois par champ"),
            );
            check.texts(&format!("{path}.label"), &choice.label, LABEL_CHARACTERS_MAX);
        }
    }

    /// Is this one of the choices?
    pub fn offers(&self, choice: &ChoiceId) -> bool {
        self.choices.iter().any(|offered| offered.id == *choice)
    }

    pub(super) fn bytes(&self) -> usize {
        let choices = self.choices.iter().flat_map(|choice| choice.label.values());
        self.label.values().chain(choices).map(String::len).sum()
    }
}
