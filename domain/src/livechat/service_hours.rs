//! Opening hours at work (spec.md §Opening hours): which services are open, and when that changes.
//!
//! A skill with hours of its own is a service of its own; every other request follows the hours of the
//! livechat. A request is judged by the calendar itself, to the millisecond. That a service opens or closes
//! is an event, so that those who wait are released at closing time and readers need no calendar.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Livechat;
use crate::Instant;
use crate::conversation::release;
use crate::event::{Fact, LivechatFact};
use crate::id::{OperatorId, SkillId};
use crate::operator::shift;
use crate::settings::hours::Calendar;
use crate::timer::TimerOwner;

/// Which services are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceHours {
    livechat: ServiceState,
    skills: BTreeMap<SkillId, ServiceState>,
}

/// Whether one service is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ServiceState {
    open: bool,
    changes_at: Option<Instant>,
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
    fn slot_is_open(&self, skill: Option<&SkillId>) -> bool {
        self.slot(skill).is_none_or(|opening| opening.open)
    }

    fn slot(&self, skill: Option<&SkillId>) -> Option<&ServiceState> {
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

    fn next_change(&self, skill: Option<&SkillId>, after: Instant) -> Option<Instant> {
        self.calendar(skill).next_change(after).map(|change| change.at)
    }

    fn set_opening(&mut self, skill: Option<&SkillId>, opening: Option<ServiceState>) {
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

/// The hours have changed: every service is planned anew. Whether it is open stays as it is until
/// [`catch_up`] says otherwise; a service that is new is as that of the livechat, which it followed so far.
pub(super) fn plan(livechat: &mut Livechat, at: Instant) {
    let with_hours: Vec<SkillId> = livechat
        .settings
        .skills
        .0
        .iter()
        .filter(|skill| skill.hours.is_some())
        .map(|skill| skill.id.clone())
        .collect();
    let without: Vec<SkillId> =
        livechat.service_hours.skills.keys().filter(|id| !with_hours.contains(id)).cloned().collect();
    for skill in &without {
        livechat.set_opening(Some(skill), None);
    }
    for skill in std::iter::once(None).chain(with_hours.iter().map(Some)) {
        let before = livechat.service_hours.slot(skill).map(|opening| opening.open);
        let open = before.unwrap_or(livechat.service_hours.livechat.open);
        let changes_at = livechat.next_change(skill, at);
        livechat.set_opening(skill, Some(ServiceState { open, changes_at }));
    }
    let operators: Vec<OperatorId> = livechat.operators.keys().cloned().collect();
    for operator in &operators {
        shift::plan(livechat, at, operator);
    }
}

/// What a change of hours means at once: services open or close, shifts begin or end; and those who wait for
/// a skill that now follows other hours, in which it is closed, are released.
pub(super) fn catch_up(livechat: &Livechat, at: Instant) -> Vec<Fact> {
    let services = livechat.service_hours.changes().map(|(skill, _)| skill);
    let services =
        services.filter(|skill| livechat.service_hours.slot_is_open(*skill) != livechat.is_open(*skill, at));
    let services: Vec<Fact> = services.map(|skill| change(livechat, skill)).collect();
    let one_closes = services.iter().any(|fact| matches!(fact, Fact::Livechat(LivechatFact::Closed { .. })));
    let shifts = livechat.operators.keys().filter_map(|id| shift::catch_up(livechat, at, id));
    let shifts: Vec<Fact> = shifts.collect();
    // A service that closes releases whoever waits for any that is closed. One that opens is not told yet.
    let released = if one_closes { None } else { release::next_outside_hours(livechat, at) };
    services.into_iter().chain(shifts).chain(released).collect()
}

/// The moment has come at which a service opens or closes.
pub(super) fn due(livechat: &Livechat, skill: Option<&SkillId>) -> Fact {
    change(livechat, skill)
}

fn change(livechat: &Livechat, skill: Option<&SkillId>) -> Fact {
    let is_open = livechat.service_hours.slot_is_open(skill);
    let skill = skill.cloned();
    Fact::Livechat(if is_open { LivechatFact::Closed { skill } } else { LivechatFact::Opened { skill } })
}

pub(super) fn evolve(livechat: &mut Livechat, at: Instant, skill: Option<&SkillId>, open: bool) {
    // A server that was down plans on from the moment that it missed, so that it misses none.
    let planned = livechat.service_hours.changes_at(skill).filter(|planned| *planned <= at);
    let changes_at = livechat.next_change(skill, planned.unwrap_or(at));
    livechat.set_opening(skill, Some(ServiceState { open, changes_at }));
}
