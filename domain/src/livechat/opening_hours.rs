//! Opening hours at work (spec.md §Opening hours): which services are open, and when that changes.
//!
//! A skill with hours of its own is a service of its own; every other request follows the hours of the
//! livechat. A request is judged by the calendar itself, to the millisecond. That a service opens or closes
//! is an event, so that waiting visitors are released at closing time and readers need no calendar.

use crate::Timestamp;
use crate::conversation::release;
use crate::event::{Fact, LivechatFact};
use crate::id::{OperatorId, SkillId};
use crate::operator::shift;
use crate::state::Livechat;
use crate::state::ServiceState;

/// The hours have changed: every service is rescheduled. Whether it is open stays as it is until
/// [`catch_up`] says otherwise; a new service starts open or closed like the livechat, which it followed so far.
pub(super) fn plan(livechat: &mut Livechat, at: Timestamp) {
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

/// What a change of hours means at once: services open or close, shifts begin or end; and visitors waiting for a skill
/// that is closed by its new hours are released.
pub(super) fn catch_up(livechat: &Livechat, at: Timestamp) -> Vec<Fact> {
    let services = livechat.service_hours.changes().map(|(skill, _)| skill);
    let services =
        services.filter(|skill| livechat.service_hours.slot_is_open(*skill) != livechat.is_open(*skill, at));
    let services: Vec<Fact> = services.map(|skill| change(livechat, skill)).collect();
    let one_closes = services.iter().any(|fact| matches!(fact, Fact::Livechat(LivechatFact::Closed { .. })));
    let shifts = livechat.operators.keys().filter_map(|id| shift::catch_up(livechat, at, id));
    let shifts: Vec<Fact> = shifts.collect();
    // A service that closes releases the visitors waiting for any closed service. One that opens is not recorded yet.
    let released = if one_closes { None } else { release::next_outside_hours(livechat, at) };
    services.into_iter().chain(shifts).chain(released).collect()
}

/// A service opens or closes now.
pub(super) fn due(livechat: &Livechat, skill: Option<&SkillId>) -> Fact {
    change(livechat, skill)
}

fn change(livechat: &Livechat, skill: Option<&SkillId>) -> Fact {
    let is_open = livechat.service_hours.slot_is_open(skill);
    let skill = skill.cloned();
    Fact::Livechat(if is_open { LivechatFact::Closed { skill } } else { LivechatFact::Opened { skill } })
}

pub(super) fn evolve(livechat: &mut Livechat, at: Timestamp, skill: Option<&SkillId>, open: bool) {
    // A server that was down continues from the change that it missed, so that it misses none.
    let planned = livechat.service_hours.changes_at(skill).filter(|planned| *planned <= at);
    let changes_at = livechat.next_change(skill, planned.unwrap_or(at));
    livechat.set_opening(skill, Some(ServiceState { open, changes_at }));
}
