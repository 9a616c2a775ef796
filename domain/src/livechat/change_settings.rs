//! Change one section of the settings. Administrators only. The section is validated as a whole, in itself
//! and against the others, and what it removes must not be in use ([`in_use`]); a section equal to the one in force
//! records nothing.
//!
//! Each section has a revision: how many times it was changed, 0 for the ready-made one. A change that
//! names the revision it was made for is refused when another one is in force; the event carries the new one.
//!
//! It takes effect at once, whatever runs: waiting visitors are served or released, operators in a status that was
//! switched off leave it, services open or close ([`follow`]).

use super::{in_use, opening_hours};
use crate::Timestamp;
use crate::event::{Fact, LivechatFact};
use crate::operator::change_status;
use crate::rejection::Rejection;
use crate::settings::{Section, SectionName};
use crate::state::Livechat;

pub(crate) fn decide(
    livechat: &Livechat,
    section: &Section,
    expected: Option<u64>,
) -> Result<Vec<Fact>, Rejection> {
    section.validate()?;
    let (name, revision) = (section.name(), livechat.revision(section.name()));
    if expected.is_some_and(|expected| expected != revision) {
        return Err(Rejection::SettingsChanged { section: name, revision });
    }
    livechat.settings().check_references(section)?;
    in_use::check(livechat, section)?;
    let section = if let Section::Surveys(new) = section {
        let in_force = &livechat.settings().surveys;
        Section::Surveys(new.with_versions(in_force, &livechat.survey_numbers))
    } else {
        section.clone()
    };
    if livechat.settings().section(name) == section {
        return Ok(vec![]);
    }
    let revision = Some(revision + 1);
    Ok(vec![Fact::Livechat(LivechatFact::SettingsChanged { section: Box::new(section), revision })])
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, section: &Section) {
    livechat.change_settings(|settings| settings.replace(section.clone()));
    *livechat.revisions.entry(section.name()).or_default() += 1;
    if matches!(section.name(), SectionName::OpeningHours | SectionName::Skills) {
        opening_hours::plan(livechat, at);
    }
}

/// What the change means at once for those whom it concerns.
pub(crate) fn follow(livechat: &Livechat, at: Timestamp, section: &Section) -> Vec<Fact> {
    match section.name() {
        SectionName::OpeningHours | SectionName::Skills => opening_hours::catch_up(livechat, at),
        SectionName::Statuses => change_status::leave_disabled(livechat),
        SectionName::Capacity
        | SectionName::Timeouts
        | SectionName::Desk
        | SectionName::OperatorSurvey
        | SectionName::VisitorSurvey
        | SectionName::Surveys
        | SectionName::Behaviour
        | SectionName::Phrases
        | SectionName::VisitorCard
        | SectionName::Knowledge
        | SectionName::CannedReplies
        | SectionName::Figures
        | SectionName::Origins => vec![],
    }
}
