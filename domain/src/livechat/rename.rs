//! Rename the livechat, change the language that phrases fall back to, and the time zone (spec.md
//! §Administration). Administrators only. What is not named stays; a value already in force records nothing.
//!
//! The time zone is one of the opening hours: it is changed as the section is, and every service and shift is
//! rescheduled at once.

use super::change_settings;
use crate::event::{Fact, LivechatFact};
use crate::rejection::Rejection;
use crate::settings::opening_hours::TimeZone;
use crate::settings::{OpeningHours, Section};
use crate::state::{Identity, Livechat};
use crate::text::{Language, Name};

/// What to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renaming {
    /// The new name.
    pub name: Option<Name>,
    /// The new language.
    pub language: Option<Language>,
    /// The new time zone.
    pub time_zone: Option<TimeZone>,
}

impl Renaming {
    /// Could `fact` be the first event of this?
    pub(crate) fn is_recorded_as(&self, fact: &LivechatFact) -> bool {
        match fact {
            LivechatFact::IdentityChanged { name, language } => {
                self.name.as_ref().is_none_or(|new| new == name)
                    && self.language.is_none_or(|new| new == *language)
            }
            LivechatFact::SettingsChanged { section, .. } => match &**section {
                Section::OpeningHours(hours) => self.time_zone.as_ref() == Some(&hours.time_zone),
                Section::Capacity(_)
                | Section::Timeouts(_)
                | Section::Desk(_)
                | Section::Statuses(_)
                | Section::OperatorSurvey(_)
                | Section::VisitorSurvey(_)
                | Section::Surveys(_)
                | Section::Behaviour(_)
                | Section::Phrases(_)
                | Section::VisitorCard(_)
                | Section::Knowledge(_)
                | Section::CannedReplies(_)
                | Section::Skills(_)
                | Section::Figures(_)
                | Section::Origins(_) => false,
            },
            LivechatFact::Created { .. }
            | LivechatFact::Accessed { .. }
            | LivechatFact::TokenIssued { .. }
            | LivechatFact::ApiKeyChanged { .. }
            | LivechatFact::Opened { .. }
            | LivechatFact::Closed { .. }
            | LivechatFact::ClockSetBack { .. }
            | LivechatFact::Interrupted { .. }
            | LivechatFact::Shut
            | LivechatFact::Reopened => false,
        }
    }
}

pub(crate) fn decide(livechat: &Livechat, renaming: &Renaming) -> Result<Vec<Fact>, Rejection> {
    let identity = livechat.identity().ok_or(Rejection::UnknownLivechat)?;
    let name = renaming.name.as_ref().unwrap_or(&identity.name);
    let language = renaming.language.unwrap_or(identity.language);
    let renamed = (identity.name != *name || identity.language != language)
        .then(|| Fact::Livechat(LivechatFact::IdentityChanged { name: name.clone(), language }));
    let moved = match &renaming.time_zone {
        Some(time_zone) => {
            let hours = livechat.settings().opening_hours.clone();
            let hours = OpeningHours { time_zone: time_zone.clone(), ..hours };
            change_settings::decide(livechat, &Section::OpeningHours(hours), None)?
        }
        None => vec![],
    };
    Ok(renamed.into_iter().chain(moved).collect())
}

pub(crate) fn evolve(livechat: &mut Livechat, name: &Name, language: Language) {
    livechat.identity = Some(Identity { name: name.clone(), language });
}
