//! The operator's own working hours (spec.md §Opening hours, last sentence): after the end of service a
//! conversation in progress goes on, and nothing new is assigned.
//!
//! Beginning and end are events, so that routing looks at a flag and readers need no calendar. A new
//! operator is on shift, and off at once if the hours say so: that too is an event. The hours are in the
//! time zone of the livechat.

use crate::Timestamp;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::state::Livechat;
use crate::state::Operator;

/// Notes when the shift of `id` changes next, after `after`.
pub(crate) fn plan(livechat: &mut Livechat, after: Timestamp, id: &OperatorId) {
    let zone = &livechat.settings().opening_hours.time_zone;
    let next = livechat
        .operator(id)
        .and_then(|operator| operator.profile.hours.as_ref())
        .and_then(|hours| hours.calendar(zone).next_change(after))
        .map(|change| change.at);
    livechat.change_operator(id, |operator| operator.shift_changes_at = next);
}

/// What a change of hours means at once for `id`: the shift begins or ends.
pub(crate) fn catch_up(livechat: &Livechat, at: Timestamp, id: &OperatorId) -> Option<Fact> {
    let operator = livechat.operator(id)?;
    (operator.on_shift != is_within(livechat, operator, at)).then(|| change(id, operator))
}

/// The shift of `id` begins or ends now.
pub(crate) fn due(livechat: &Livechat, id: &OperatorId) -> Option<Fact> {
    livechat.operator(id).map(|operator| change(id, operator))
}

fn change(id: &OperatorId, operator: &Operator) -> Fact {
    let fact = if operator.on_shift { OperatorFact::ShiftEnded } else { OperatorFact::ShiftStarted };
    Fact::Operator { operator: id.clone(), fact }
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: &OperatorId, on_shift: bool) {
    // A server that was down continues from the change that it missed, so that it misses none.
    let planned = livechat.operator(id).and_then(|operator| operator.shift_changes_at);
    livechat.change_operator(id, |operator| operator.on_shift = on_shift);
    plan(livechat, planned.filter(|planned| *planned <= at).unwrap_or(at), id);
}

fn is_within(livechat: &Livechat, operator: &Operator, at: Timestamp) -> bool {
    let zone = &livechat.settings().opening_hours.time_zone;
    operator.profile.hours.as_ref().is_none_or(|hours| hours.calendar(zone).is_open(at))
}
