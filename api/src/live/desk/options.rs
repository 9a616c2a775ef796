//! What the desk may show besides conversations, as the settings say.

use std::collections::BTreeMap;

use domain::settings::surveys::Audience;
use domain::settings::{Desk, OperatorSurvey, Settings, Status};
use domain::text::{Language, Name};
use domain::{SkillId, SurveyId};
use serde::Serialize;
use utoipa::ToSchema;

/// What the desk may show.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "options": {
        "print": true, "mail_to_self": true, "mark_important": true, "call_manager": true,
        "list_operators": true, "search_knowledge": true, "canned_replies": true, "request_file": true,
        "send_file": true, "augmented": false
    },
    "statuses": ["available", "on_break", "searching"],
    "operator_survey": {
        "survey": "wrap-up", "complete_button": true, "cancel_button": true, "closable_unanswered": false
    },
    "visitor_surveys": [{ "survey": "satisfaction", "name": "Satisfaction" }],
    "skills": [{ "skill": "returns", "name": "Returns", "names": { "fr": "Retours", "en": "Returns" } }]
}))]
pub struct DeskOptions {
    /// What operators may do.
    options: Desk,
    /// The statuses they may take.
    statuses: Vec<Status>,
    /// The survey they fill in, and how.
    operator_survey: OperatorSurvey,
    /// The surveys they may send to a visitor by hand: none when that is switched off.
    visitor_surveys: Vec<SurveyToSend>,
    /// The skills that a conversation may be transferred to, highest priority first.
    skills: Vec<SkillToAsk>,
}

/// A skill, with its names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkillToAsk {
    /// Which one.
    skill: SkillId,
    /// What it is called, in the language of the reader.
    name: String,
    /// What it is called, per language; a language that is absent has no name of its own.
    #[schema(value_type = BTreeMap<Language, String>)]
    names: BTreeMap<Language, Name>,
}

/// A survey that can be sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyToSend {
    /// Which one.
    survey: SurveyId,
    /// What the administrators call it.
    name: String,
}

impl DeskOptions {
    /// The options by these settings, in the language of the reader.
    pub fn of(settings: &Settings, language: Language) -> Self {
        let may_send = settings.visitor_survey.operator_may_send;
        let for_visitors =
            settings.surveys.0.iter().filter(|survey| may_send && survey.audience == Audience::Visitor);
        Self {
            options: settings.desk.clone(),
            statuses: Status::ALL.into_iter().filter(|status| settings.statuses.enabled(*status)).collect(),
            operator_survey: settings.operator_survey.clone(),
            visitor_surveys: for_visitors
                .map(|survey| SurveyToSend { survey: survey.id.clone(), name: survey.name.clone() })
                .collect(),
            skills: settings
                .skills
                .0
                .iter()
                .map(|skill| SkillToAsk {
                    skill: skill.id.clone(),
                    name: skill.called(language).to_owned(),
                    names: skill.name.clone(),
                })
                .collect(),
        }
    }
}
