//! What a section says about others: a survey that is chosen has to exist, and be for the audience that is asked. The
//! other direction, what others say about a section, is in `livechat/in_use.rs`.

use super::surveys::{Audience, Surveys};
use super::{Section, Settings};
use crate::bilingual::Bilingual;
use crate::field::{Check, FieldError};
use crate::id::SurveyId;

impl Settings {
    /// Checks a section, valid in itself, against the other sections in force.
    ///
    /// # Errors
    /// All fields that name something which is not there.
    pub fn check_references(&self, section: &Section) -> Result<(), Vec<FieldError>> {
        let mut check = Check::new();
        let mut chosen = |surveys: &Surveys, survey: &Option<SurveyId>, audience, field: &str| {
            if survey.as_ref().is_some_and(|id| !surveys.has_for(id, audience)) {
                let (whom, dont) = match audience {
                    Audience::Operator => ("operators", "des opérateurs"),
                    Audience::Visitor => ("visitors", "des internautes"),
                };
                check.wrong(
                    field,
                    Bilingual::new(
                        format!("a survey for {whom} that is defined in the section surveys"),
                        format!("un questionnaire à destination {dont}, défini dans la section surveys"),
                    ),
                );
            }
        };
        match section {
            Section::OperatorSurvey(new) => {
                chosen(&self.surveys, &new.survey, Audience::Operator, "survey");
            }
            Section::VisitorSurvey(new) => chosen(&self.surveys, &new.survey, Audience::Visitor, "survey"),
            Section::Surveys(_)
            | Section::Capacity(_)
            | Section::Timeouts(_)
            | Section::Desk(_)
            | Section::Statuses(_)
            | Section::Behaviour(_)
            | Section::OpeningHours(_)
            | Section::Phrases(_)
            | Section::VisitorCard(_)
            | Section::Knowledge(_)
            | Section::CannedReplies(_)
            | Section::Figures(_)
            | Section::Origins(_)
            | Section::Skills(_) => {}
        }
        check.finish()
    }
}
