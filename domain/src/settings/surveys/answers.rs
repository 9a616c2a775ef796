//! Answers to a survey, validated against the version they are given to.
//!
//! An optional field may be left out, or be answered by a blank text or by no choice at all.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{Choice, Field, FieldKind, Survey};
use crate::bilingual::{Bilingual, both};
use crate::both;
use crate::field::{Check, FieldError};
use crate::id::{ChoiceId, FieldId};
use crate::limits::{LONG_ANSWER_CHARACTERS_MAX, SHORT_ANSWER_CHARACTERS_MAX};
use crate::personal::Personal;
use crate::text::{Received, Rule, shows_something};

/// What a rating may be.
pub const RATING: RangeInclusive<i64> = 1..=5;

/// The answers of one person, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<FieldId, Answer>);

/// The answer to one field, as in `{"rating": 4}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = FieldAnswer))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To a short or a long text.
    Text(Personal<String>),
    /// To a single choice or a drop-down.
    Choice(ChoiceId),
    /// To a multiple choice: each at most once.
    Choices(Vec<ChoiceId>),
    /// To a rating: 1 to 5.
    Rating(i64),
}

impl Answer {
    /// Does it say nothing?
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => !shows_something(text.reveal()),
            Self::Choices(choices) => choices.is_empty(),
            Self::Choice(_) | Self::Rating(_) => false,
        }
    }
}

impl Answers {
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        for (field, answer) in &mut self.0 {
            if let Answer::Text(text) = answer {
                // How long it may be is a question for the survey.
                texts.with(Rule::text(LONG_ANSWER_CHARACTERS_MAX).or_blank(), &path(field), text);
            }
        }
    }
}

impl Survey {
    /// May these answers be given to this survey?
    ///
    /// # Errors
    /// All wrong answers, named as `answers.<field>`, each with what its field allows: those of the
    /// fields of the survey in its order, then those to fields it does not have.
    pub fn check_answers(&self, answers: &Answers) -> Result<(), Vec<FieldError>> {
        let mut check = Check::new();
        for field in &self.fields {
            let path = path(&field.id);
            match answers.0.get(&field.id) {
                Some(answer) if !field.takes(answer) => check.wrong(path, field.allowed()),
                None => check.must(
                    !field.mandatory,
                    &path,
                    both("an answer: this field is mandatory", "une réponse\u{a0}: ce champ est obligatoire"),
                ),
                Some(answer) => check.must(
                    !(field.mandatory && answer.is_blank()),
                    &path,
                    both(
                        "an answer that is not blank: this field is mandatory",
                        "une réponse non vide\u{a0}: ce champ est obligatoire",
                    ),
                ),
            }
        }
        let known: BTreeSet<&FieldId> = self.fields.iter().map(|field| &field.id).collect();
        for unknown in answers.0.keys().filter(|id| !known.contains(id)) {
            check.wrong(
                path(unknown),
                both("only the fields of this survey", "uniquement les champs de ce questionnaire"),
            );
        }
        check.finish()
    }
}

impl Field {
    /// Is it an answer of the right kind, within its limits? Whether it may be blank is another question.
    fn takes(&self, answer: &Answer) -> bool {
        match (self.kind, answer) {
            (FieldKind::ShortText, Answer::Text(text)) => holds(text.reveal(), SHORT_ANSWER_CHARACTERS_MAX),
            (FieldKind::LongText, Answer::Text(text)) => holds(text.reveal(), LONG_ANSWER_CHARACTERS_MAX),
            (FieldKind::SingleChoice | FieldKind::DropDown, Answer::Choice(choice)) => self.offers(choice),
            (FieldKind::MultipleChoice, Answer::Choices(choices)) => {
                let distinct: BTreeSet<&ChoiceId> = choices.iter().collect();
                distinct.len() == choices.len() && distinct.into_iter().all(|choice| self.offers(choice))
            }
            (FieldKind::Rating, Answer::Rating(rating)) => RATING.contains(rating),
            (
                FieldKind::ShortText
                | FieldKind::LongText
                | FieldKind::SingleChoice
                | FieldKind::MultipleChoice
                | FieldKind::DropDown
                | FieldKind::Rating,
                Answer::Text(_) | Answer::Choice(_) | Answer::Choices(_) | Answer::Rating(_),
            ) => false,
        }
    }

    /// What the field allows, in words.
    fn allowed(&self) -> Bilingual {
        match self.kind {
            FieldKind::ShortText => text_allowed(SHORT_ANSWER_CHARACTERS_MAX),
            FieldKind::LongText => text_allowed(LONG_ANSWER_CHARACTERS_MAX),
            FieldKind::SingleChoice | FieldKind::DropDown => {
                both!("`choice`: one of {all}", "`choice`\u{a0}: un parmi {all}", all = listed(&self.choices))
            }
            FieldKind::MultipleChoice => {
                both!(
                    "`choices`: each at most once, among {all}",
                    "`choices`\u{a0}: chacun une fois au plus, parmi {all}",
                    all = listed(&self.choices)
                )
            }
            FieldKind::Rating => both!(
                "`rating`: {from} to {to}",
                "`rating`\u{a0}: {from} à {to}",
                from = RATING.start(),
                to = RATING.end()
            ),
        }
    }
}

fn path(field: &FieldId) -> String {
    format!("answers.{field}")
}

fn text_allowed(max: usize) -> Bilingual {
    both!("`text`: at most {max} characters, without NUL", "`text`\u{a0}: {max} caractères au plus, sans NUL")
}

fn listed(choices: &[Choice]) -> String {
    let ids: Vec<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
    ids.join(", ")
}

/// Has the text at most `max` characters, without the NUL that databases refuse?
fn holds(text: &str, max: usize) -> bool {
    (text.len() <= max || text.chars().count() <= max) && !text.contains('\0')
}
