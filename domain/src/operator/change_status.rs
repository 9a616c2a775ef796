//! Change status: by the operator, or by a supervisor. No status touches running conversations.
//!
//! An optional status can be taken only while it is enabled. When one that is in use is disabled, those
//! in it move to `on_break` (spec.md §Statuses).

use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::conversation::search_notice;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::rejection::Rejection;
use crate::settings::Status;
use crate::state::Livechat;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: &OperatorId,
    status: Status,
) -> Result<Vec<Fact>, Rejection> {
    match by {
        Actor::Supervisor(_) => {}
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => {
            super::only_self_or_system(
                by,
                id,
                both("change the status of another operator", "changer le statut d’un autre opérateur"),
            )?;
        }
    }
    if livechat.known_operator(id)?.status == status {
        return Ok(vec![]);
    }
    if !livechat.settings().statuses.enabled(status) {
        return Err(Rejection::StatusDisabled(status));
    }
    Ok(vec![Fact::Operator { operator: id.clone(), fact: OperatorFact::StatusChanged { status } }])
}

/// Everybody who is in a status that has just been switched off moves to `on_break`.
pub(crate) fn leave_disabled(livechat: &Livechat) -> Vec<Fact> {
    let statuses = &livechat.settings().statuses;
    livechat
        .operators()
        .iter()
        .filter(|(_, operator)| !statuses.enabled(operator.status))
        .map(|(id, _)| Fact::Operator {
            operator: id.clone(),
            fact: OperatorFact::StatusChanged { status: Status::OnBreak },
        })
        .collect()
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: &OperatorId, status: Status) {
    livechat.change_operator(id, |operator| operator.status = status);
    search_notice::operator_changed(livechat, at, id);
}
