//! Invariants of the hours once time has passed, computed from the calendars.

use domain::{Livechat, Timestamp};

use super::violation::{Broken, Invariant, must};

/// Checks that services are open and operators at work as their calendars say, after all that was due by `now`, and
/// that every coming change is scheduled.
///
/// # Errors
/// The first violation, and what is there instead.
pub fn hours(livechat: &Livechat, now: Timestamp) -> Result<(), (Invariant, String)> {
    services(livechat, now)?;
    shifts(livechat, now)
}

fn services(livechat: &Livechat, now: Timestamp) -> Result<(), Broken> {
    let settings = livechat.settings();
    let zone = &settings.opening_hours.time_zone;
    for (skill, changes_at) in livechat.service_hours().changes() {
        let service =
            |holds, what: &str| must(holds, Invariant::State, || format!("the service {skill:?} {what}"));
        let own = settings.skills.0.iter().find(|one| Some(&one.id) == skill);
        let calendar = match own.and_then(|one| one.hours.as_ref()) {
            Some(hours) => hours.calendar(zone),
            None => settings.opening_hours.calendar(),
        };
        let is_open = livechat.service_hours().is_open(skill);
        service(is_open == calendar.is_open(now), "is open or closed against its hours")?;
        service(changes_at.is_none_or(|at| at > now), "should have opened or closed")?;
        let is_planned = changes_at.is_some() || calendar.closes_at(now).is_none();
        service(is_planned, "closes, and that is not planned")?;
    }
    Ok(())
}

fn shifts(livechat: &Livechat, now: Timestamp) -> Result<(), Broken> {
    let zone = &livechat.settings().opening_hours.time_zone;
    for (name, operator) in livechat.operators() {
        let shift =
            |holds, what: &str| must(holds, Invariant::State, || format!("the shift of {name} {what}"));
        let calendar = operator.profile.hours.as_ref().map(|hours| hours.calendar(zone));
        let within = calendar.as_ref().is_none_or(|calendar| calendar.is_open(now));
        shift(operator.on_shift == within, "is on or over against the hours")?;
        shift(operator.shift_changes_at.is_none_or(|at| at > now), "should have changed")?;
        let closes = calendar.and_then(|calendar| calendar.closes_at(now));
        shift(operator.shift_changes_at.is_some() || closes.is_none(), "ends, and that is not planned")?;
    }
    Ok(())
}
