//! Change one section of the settings. Administrators only. The section is validated as a whole; a
//! section that says what is in force already records nothing.
//!
//! Each section has a revision: how many times it was changed, 0 for the ready-made one. A change that
//! names the revision it was made for is refused when another one is in force.

use super::Livechat;
use crate::event::{Fact, LivechatFact};
use crate::rejection::Rejection;
use crate::settings::Section;

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
    if livechat.settings().section(name) == *section {
        return Ok(vec![]);
    }
    Ok(vec![Fact::Livechat(LivechatFact::SettingsChanged { section: Box::new(section.clone()) })])
}

pub(crate) fn evolve(livechat: &mut Livechat, section: &Section) {
    livechat.change_settings(|settings| settings.replace(section.clone()));
    *livechat.revisions.entry(section.name()).or_default() += 1;
}
