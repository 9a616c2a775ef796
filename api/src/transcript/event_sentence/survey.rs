//! What became of a survey.

use domain::SurveyId;
use domain::SurveyStep;
use domain::event::Closing;
use domain::settings::surveys::Audience;

use super::sentence::Sentence;
use crate::transcript::line_renderer::LineRenderer;
use crate::transcript::wording::{colon, pick, quoted};

pub(super) fn sentence(renderer: &LineRenderer, step: &SurveyStep) -> Sentence {
    let language = renderer.language;
    let say = |fr, en| pick(language, fr, en);
    Sentence::by_author(match step {
        SurveyStep::Asked { audience, survey, version, .. } => {
            let asked = match audience {
                Audience::Visitor => say("Questionnaire proposé à l’internaute", "Survey for the visitor"),
                Audience::Operator => say("Questionnaire proposé au conseiller", "Survey for the operator"),
            };
            titled(renderer, asked, survey, *version)
        }
        SurveyStep::Opened { audience: Audience::Visitor, .. } => {
            say("L’internaute ouvre le questionnaire", "The visitor opens the survey").to_owned()
        }
        SurveyStep::Opened { audience: Audience::Operator, .. } => {
            say("Le conseiller ouvre le questionnaire", "The operator opens the survey").to_owned()
        }
        SurveyStep::Cancelled { .. } => say("Questionnaire remis à plus tard", "Survey put off").to_owned(),
        SurveyStep::Answered { audience, survey, version, .. } => {
            let answered = match audience {
                Audience::Visitor => {
                    say("Questionnaire rempli par l’internaute", "Survey answered by the visitor")
                }
                Audience::Operator => {
                    say("Questionnaire rempli par le conseiller", "Survey answered by the operator")
                }
            };
            titled(renderer, answered, survey, *version)
        }
        SurveyStep::Closed { closing, survey, version, .. } => {
            let closed = match closing {
                Closing::Expired => say("Questionnaire resté sans réponse", "Survey left unanswered"),
                Closing::Replaced => {
                    say("Questionnaire passé au conseiller suivant", "Survey passed to the next operator")
                }
                Closing::ByHand => say("Questionnaire fermé sans réponse", "Survey closed without an answer"),
            };
            titled(renderer, closed, survey, *version)
        }
    })
}

/// What became of a survey, with the title of it.
fn titled(renderer: &LineRenderer, what: &str, survey: &SurveyId, version: u32) -> String {
    let language = renderer.language;
    let title = renderer.surveys.title(survey, version, language);
    format!("{what}{}{}", colon(language), quoted(title, language))
}
