//! Change one section of the settings. Administrators only. The section is validated as a whole; a
//! section that says what is in force already records nothing.

use super::Livechat;
use crate::event::{Fact, LivechatFact};
use crate::rejection::Rejection;
use crate::settings::Section;

pub(crate) fn decide(livechat: &Livechat, section: &Section) -> Result<Vec<Fact>, Rejection> {
    section.validate()?;
    if livechat.settings().section(section.name()) == *section {
        return Ok(vec![]);
    }
    Ok(vec![Fact::Livechat(LivechatFact::SettingsChanged { section: Box::new(section.clone()) })])
}

pub(crate) fn evolve(livechat: &mut Livechat, section: &Section) {
    livechat.change_settings(|settings| settings.replace(section.clone()));
}
