//! Which services are open, and when that changes next (spec.md §Opening hours).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Livechat;
use super::timers::TimerOwner;
use crate::Instant;
use crate::id::SkillId;
use crate::settings::hours::Calendar;

/// Which services are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceHours {
    pub(crate) livechat: ServiceState,
    pub(crate) skills: BTreeMap<SkillId, ServiceState>,
}

/// Whether one service is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceState {
    pub(crate) open: bool,
    pub(crate) changes_at: Option<Instant>,
}

impl Default for ServiceState {
    fn default() -> Self {
        Self { open: true, changes_at: None }
    }
}

impl ServiceHours {
    /// Is the service for requests with this skill (or with none) open?
    pub fn is_open(&self, skill: Option<&SkillId>) -> bool {
        skill.and_then(|skill| self.skills.get(skill)).unwrap_or(&self.livechat).open
    }

    /// Has the service for requests with this skill (or with none) closed on somebody who has waited since
    /// `since`? Who asked at the very moment of an opening that is still to be told waits for that.
    pub(crate) fn has_closed_on(&self, skill: Option<&SkillId>, since: Instant) -> bool {
        let opening = skill.and_then(|skill| self.skills.get(skill)).unwrap_or(&self.livechat);
        !opening.open && opening.changes_at.is_none_or(|opens_at| since < opens_at)
    }

    /// When the service of `skill`, which has hours of its own, or of the livechat opens or closes next.
    pub fn changes_at(&self, skill: Option<&SkillId>) -> Option<Instant> {
        self.slot(skill)?.changes_at
    }

    /// Every service with its next change.
    pub fn changes(&self) -> impl Iterator<Item = (Option<&SkillId>, Option<Instant>)> {
        let skills = self.skills.iter().map(|(skill, opening)| (Some(skill), opening.changes_at));
        std::iter::once((None, self.livechat.changes_at)).chain(skills)
    }

    /// Whether the service of `skill`, which has hours of its own, or of the livechat was open when last told.
    pub(crate) fn slot_is_open(&self, skill: Option<&SkillId>) -> bool {
        self.slot(skill).is_none_or(|opening| opening.open)
    }

    pub(crate) fn slot(&self, skill: Option<&SkillId>) -> Option<&ServiceState> {
        match skill {
            None => Some(&self.livechat),
            Some(skill) => self.skills.get(skill),
        }
    }
}

impl Livechat {
    /// Which services are open.
    pub const fn service_hours(&self) -> &ServiceHours {
        &self.service_hours
    }

    /// Can a conversation with this skill (or with none) be requested at `at`?
    pub fn is_open(&self, skill: Option<&SkillId>, at: Instant) -> bool {
        self.calendar(skill).is_open(at)
    }

    /// Has the service for requests with this skill (or with none) closed, as was told, and not opened since?
    /// An opening that is still to be told counts: whoever waits then is served.
    pub(crate) fn has_closed(&self, skill: Option<&SkillId>) -> bool {
        !self.service_hours.is_open(skill) && !self.is_open(skill, self.clock)
    }

    /// When the present opening for requests with this skill (or with none) ends, if it ever does.
    pub fn closes_at(&self, skill: Option<&SkillId>, at: Instant) -> Option<Instant> {
        self.calendar(skill).closes_at(at)
    }

    /// The hours of the skill, if it has its own, else those of the livechat.
    fn calendar(&self, skill: Option<&SkillId>) -> Calendar<'_> {
        let hours = &self.settings.opening_hours;
        let own = skill.and_then(|skill| self.settings.skills.get(skill)?.hours.as_ref());
        own.map_or_else(|| hours.calendar(), |own| own.calendar(&hours.time_zone))
    }

    /// Whether nobody new may enter the queue, because the service ends soon (`queue_closing`).
    pub(crate) fn queue_has_closed(&self, skill: Option<&SkillId>, at: Instant) -> bool {
        let before = self.settings.timeouts.queue_closing();
        before.zip(self.closes_at(skill, at)).is_some_and(|(before, closes_at)| at >= closes_at - before)
    }

    pub(crate) fn next_change(&self, skill: Option<&SkillId>, after: Instant) -> Option<Instant> {
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
