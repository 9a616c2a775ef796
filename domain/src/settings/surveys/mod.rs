//! Surveys (spec.md §Operator survey, §Visitor survey): the forms that operators and visitors fill in.
//!
//! Here: what a survey is. [`field`] is what one of its fields is, [`answers`] how answers are
//! validated, and [`version`] how a change makes a new version. Answers name the version they were
//! given to: a survey is never edited under an answer.

pub mod answers;
pub mod field;
pub mod version;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::id::SurveyId;
use crate::limits::{
    LABEL_CHARACTERS_MAX, NAME_CHARACTERS_MAX, SECTION_BYTES_MAX, SURVEY_FIELDS_MAX, SURVEYS_MAX,
};
use crate::text::{Language, Received, Rule};

pub use answers::{Answer, Answers, RATING};
pub use field::{Choice, Field, FieldKind};
pub use version::Versions;

/// The surveys section: at most 50, and 1 MiB of text in all; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Surveys(pub Vec<Survey>);

/// One survey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Its identifier, unique in the livechat.
    pub id: SurveyId,
    /// Which content this is, from 1. Given by the rules; whatever a request says here is ignored.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 4_294_967_295_i64, default = 0))]
    pub version: u32,
    /// What the administrators call it: 1 to 100 characters.
    pub name: String,
    /// What those who fill it in read above it, per language: at least one, 1 to 300 characters each.
    pub title: BTreeMap<Language, String>,
    /// Who fills it in.
    pub audience: Audience,
    /// What it asks, in this order: 1 to 50 fields.
    pub fields: Vec<Field>,
}

/// Who fills a survey in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The operator, after a conversation.
    Operator,
    /// The visitor.
    Visitor,
}

impl Surveys {
    pub(super) fn read_texts(&mut self, texts: &mut Received) {
        for (position, survey) in self.0.iter_mut().enumerate() {
            let path = format!("surveys[{position}]");
            texts.identifier(&format!("{path}.id"), survey.id.as_str());
            texts.with(Rule::line(NAME_CHARACTERS_MAX), &format!("{path}.name"), &mut survey.name);
            texts.each(Rule::line(LABEL_CHARACTERS_MAX), &format!("{path}.title"), &mut survey.title);
            for (position, field) in survey.fields.iter_mut().enumerate() {
                field.read_texts(&format!("{path}.fields[{position}]"), texts);
            }
        }
    }

    /// Names every wrong field, as in `surveys[0].fields[2].label.fr`.
    pub fn check(&self, check: &mut Check) {
        if self.0.len() > SURVEYS_MAX {
            return check.wrong(
                "surveys",
                both!("at most {SURVEYS_MAX} surveys", "{SURVEYS_MAX} questionnaires au plus"),
            );
        }
        check.must(
            self.0.iter().map(Survey::bytes).sum::<usize>() <= SECTION_BYTES_MAX,
            "surveys",
            both("at most 1 MiB of text in all", "1 Mio de texte au plus en tout"),
        );
        let mut seen = BTreeSet::new();
        for (position, survey) in self.0.iter().enumerate() {
            let path = format!("surveys[{position}]");
            check.must(
                seen.insert(&survey.id),
                &format!("{path}.id"),
                both("each survey once", "chaque questionnaire une seule fois"),
            );
            survey.check(&path, check);
        }
    }

    /// Is there a survey of this id for this audience?
    pub fn has_for(&self, id: &SurveyId, audience: Audience) -> bool {
        self.get(id).is_some_and(|survey| survey.audience == audience)
    }

    /// The survey of this id.
    pub fn get(&self, id: &SurveyId) -> Option<&Survey> {
        self.0.iter().find(|survey| survey.id == *id)
    }
}

impl Survey {
    fn check(&self, path: &str, check: &mut Check) {
        check.text(format!("{path}.name"), &self.name, NAME_CHARACTERS_MAX);
        check.texts(&format!("{path}.title"), &self.title, LABEL_CHARACTERS_MAX);
        if self.fields.is_empty() || self.fields.len() > SURVEY_FIELDS_MAX {
            return check.wrong(
                format!("{path}.fields"),
                both!("1 to {SURVEY_FIELDS_MAX} fields", "1 à {SURVEY_FIELDS_MAX} champs"),
            );
        }
        let mut seen = BTreeSet::new();
        for (position, field) in self.fields.iter().enumerate() {
            let path = format!("{path}.fields[{position}]");
            check.must(
                seen.insert(&field.id),
                &format!("{path}.id"),
                both("each field once in a survey", "chaque champ une seule fois par questionnaire"),
            );
            field.check(&path, check);
        }
    }

    fn bytes(&self) -> usize {
        let title: usize = self.title.values().map(String::len).sum();
        self.name.len() + title + self.fields.iter().map(Field::bytes).sum::<usize>()
    }
}
