//! The surveys that a transcript speaks of, in the version that was asked, with their questions and answers
//! in the language of the reader.

use std::collections::BTreeMap;

use domain::id::ChoiceId;
use domain::settings::surveys::{Answer, Answers, Field, Survey};
use domain::text::Language;
use domain::{LivechatId, SurveyId};
use projections::transcript::Line;
use projections::{Error, Queries};

use super::Answered;
use super::wording;

/// Surveys by identifier and version.
#[derive(Clone, Debug, Default)]
pub struct KnownSurveys(BTreeMap<(SurveyId, u32), Survey>);

impl KnownSurveys {
    /// These, in the versions in force.
    pub fn known(surveys: &[Survey]) -> Self {
        Self(surveys.iter().map(|survey| ((survey.id.clone(), survey.version), survey.clone())).collect())
    }

    /// Finds those that the lines speak of, beside those found before.
    ///
    /// # Errors
    /// The database.
    pub async fn add(&mut self, views: &Queries, livechat: &LivechatId, lines: &[Line]) -> Result<(), Error> {
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

    fn of(&self, line: &Line) -> Option<&Survey> {
        self.0.get(&key(line)?)
    }

    /// Its title, for the one who fills it in; its identifier if nothing is known of it.
    pub(super) fn title(&self, line: &Line, language: Language) -> String {
        let id =
            || line.data.as_ref().and_then(|data| data["survey"].as_str()).unwrap_or_default().to_owned();
        self.of(line).map_or_else(id, |survey| in_language(&survey.title, language).to_owned())
    }

    /// Each question with what was answered to it, in the order of the survey.
    pub(super) fn answered(&self, line: &Line, language: Language) -> Vec<Answered> {
        let (Some(survey), Some(data)) = (self.of(line), &line.data) else { return vec![] };
        let Ok(answers) = serde_json::from_value::<Answers>(data["answers"].clone()) else { return vec![] };
        let told = |field: &Field| Answered {
            question: in_language(&field.label, language).to_owned(),
            answer: answers
                .0
                .get(&field.id)
                .filter(|answer| !answer.is_blank())
                .map(|answer| told(field, answer, language)),
        };
        survey.fields.iter().map(told).collect()
    }
}

/// The survey and the version that a line speaks of.
fn key(line: &Line) -> Option<(SurveyId, u32)> {
    let data = line.data.as_ref()?;
    let version = u32::try_from(data["version"].as_u64()?).ok()?;
    Some((SurveyId::parse(data["survey"].as_str()?).ok()?, version))
}

fn told(field: &Field, answer: &Answer, language: Language) -> String {
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

/// What a choice reads; its identifier if the field does not offer it.
fn label<'a>(field: &'a Field, id: &'a ChoiceId, language: Language) -> &'a str {
    let choice = field.choices.iter().find(|choice| choice.id == *id);
    choice.map_or(id.as_str(), |choice| in_language(&choice.label, language))
}

/// In this language, or else in any there is.
fn in_language(texts: &BTreeMap<Language, String>, language: Language) -> &str {
    texts.get(&language).or_else(|| texts.values().next()).map_or("", String::as_str)
}
