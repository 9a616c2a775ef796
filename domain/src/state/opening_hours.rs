//! Whether a livechat, or the service of a skill, is open: by the calendar, and as it was announced.

use super::livechat::Livechat;
use super::open_services::{ServiceHours, ServiceState};
use super::timers::TimerOwner;
use crate::Timestamp;
use crate::id::SkillId;
use crate::settings::opening_hours::Calendar;

impl Livechat {
    /// Which services are open.
    pub const fn service_hours(&self) -> &ServiceHours {
        &self.service_hours
    }

    /// Can a conversation with this skill (or with none) be requested at `at`?
    pub fn is_open(&self, skill: Option<&SkillId>, at: Timestamp) -> bool {
        self.calendar(skill).is_open(at)
    }

    /// Has the service for requests with this skill (or with none) closed, as was told, and not opened since?
    /// An opening that is still to be told counts: whoever waits then is served.
    pub(crate) fn has_closed(&self, skill: Option<&SkillId>) -> bool {
        !self.service_hours.is_open(skill) && !self.is_open(skill, self.clock)
    }

    /// When the present opening for requests with this skill (or with none) ends, if it ever does.
    pub fn closes_at(&self, skill: Option<&SkillId>, at: Timestamp) -> Option<Timestamp> {
        self.calendar(skill).closes_at(at)
    }

    /// The hours of the skill, if it has its own, else those of the livechat.
    fn calendar(&self, skill: Option<&SkillId>) -> Calendar<'_> {
        let hours = &self.settings.opening_hours;
        let own = skill.and_then(|skill| self.settings.skills.get(skill)?.hours.as_ref());
        own.map_or_else(|| hours.calendar(), |own| own.calendar(&hours.time_zone))
    }

    pub(crate) fn next_change(&self, skill: Option<&SkillId>, after: Timestamp) -> Option<Timestamp> {
        self.calendar(skill).next_change(after).map(|change| change.at)
    }

    pub(crate) fn set_opening(&mut self, skill: Option<&SkillId>, opening: Option<ServiceState>) {
        let before = self.service_hours.changes_at(skill);
        let after = opening.and_then(|opening| opening.changes_at);
        self.deadlines.moved(TimerOwner::OpeningHours(skill.cloned()), before, after);
        match (skill, opening) {
            (None, opening) => self.service_hours.livechat = opening.unwrap_or_default(),
            (Some(skill), Some(opening)) => {
                self.service_hours.skills.insert(skill.clone(), opening);
            }
            (Some(skill), None) => {
                self.service_hours.skills.remove(skill);
            }
        }
    }
}
