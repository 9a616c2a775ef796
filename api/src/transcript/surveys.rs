//! The surveys that a transcript mentions, in the version that was asked, with their questions and answers
//! in the language of the reader.

use std::collections::BTreeMap;

use domain::id::ChoiceId;
use domain::settings::surveys::{Answer, Answers, Field, Survey};
use domain::text::Language;
use domain::{ConversationFact, LivechatId, SurveyId, SurveyStep};
use projections::{Error, Queries};

use super::entry::Answered;
use super::shown_line::{Content, ShownLine};
use super::wording;

/// Surveys by identifier and version.
#[derive(Clone, Debug, Default)]
pub struct KnownSurveys(BTreeMap<(SurveyId, u32), Survey>);

impl KnownSurveys {
    /// These, in the versions in force.
    pub fn known(surveys: &[Survey]) -> Self {
        Self(surveys.iter().map(|survey| ((survey.id.clone(), survey.version), survey.clone())).collect())
    }

    /// Finds those that the lines mention, in addition to those found before.
    ///
    /// # Errors
    /// The database.
    pub async fn add(
        &mut self,
        views: &Queries,
        livechat: &LivechatId,
        lines: &[ShownLine],
    ) -> Result<(), Error> {
        for line in lines {
            let Some(key) = key(line) else { continue };
            if self.0.contains_key(&key) {
                continue;
            }
            let position = u64::try_from(line.position).unwrap_or_default();
            if let Some(survey) = views.survey(livechat, &key.0, key.1, position).await? {
                self.0.insert(key, survey);
            }
        }
        Ok(())
    }

    fn get(&self, survey: &SurveyId, version: u32) -> Option<&Survey> {
        self.0.get(&(survey.clone(), version))
    }

    /// Its title, for the respondent; its identifier if nothing is known of it.
    pub(super) fn title<'a>(&'a self, survey: &'a SurveyId, version: u32, language: Language) -> &'a str {
        self.get(survey, version).map_or(survey.as_str(), |known| in_language(&known.title, language))
    }

    /// Each question with what was answered to it, in the order of the survey.
    pub(super) fn answered(
        &self,
        survey: &SurveyId,
        version: u32,
        answers: &Answers,
        language: Language,
    ) -> Vec<Answered> {
        let fields = self.get(survey, version).into_iter().flat_map(|survey| &survey.fields);
        let answered = |field: &Field| Answered {
            question: in_language(&field.label, language).to_owned(),
            answer: answers
                .0
                .get(&field.id)
                .filter(|answer| !answer.is_blank())
                .map(|answer| in_words(field, answer, language)),
        };
        fields.map(answered).collect()
    }
}

/// The survey and the version that a line mentions.
fn key(line: &ShownLine) -> Option<(SurveyId, u32)> {
    match &line.content {
        Content::Fact(ConversationFact::Survey(
            SurveyStep::Asked { survey, version, .. }
            | SurveyStep::Answered { survey, version, .. }
            | SurveyStep::Closed { survey, version, .. },
        )) => Some((survey.clone(), *version)),
        Content::Fact(_) | Content::Request { .. } | Content::Page(_) | Content::Moved(_) => None,
    }
}

fn in_words(field: &Field, answer: &Answer, language: Language) -> String {
    match answer {
        Answer::Text(text) => text.reveal().clone(),
        Answer::Choice(choice) => label(field, choice, language).to_owned(),
        Answer::Choices(choices) => {
            let labels: Vec<&str> = choices.iter().map(|choice| label(field, choice, language)).collect();
            labels.join(wording::LIST)
        }
        Answer::Rating(rating) => format!("{rating}\u{a0}/\u{a0}5"),
    }
}

/// The label of a choice; its identifier if the field does not offer it.
fn label<'a>(field: &'a Field, id: &'a ChoiceId, language: Language) -> &'a str {
    let choice = field.choices.iter().find(|choice| choice.id == *id);
    choice.map_or(id.as_str(), |choice| in_language(&choice.label, language))
}

/// In this language, or else in any.
fn in_language(texts: &BTreeMap<Language, String>, language: Language) -> &str {
    texts.get(&language).or_else(|| texts.values().next()).map_or("", String::as_str)
}
