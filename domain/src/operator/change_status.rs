//! Change status: by the operator, or by a supervisor. No status touches running conversations.

use crate::actor::Actor;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::livechat::Livechat;
use crate::operator::Status;
use crate::rejection::Rejection;

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
        | Actor::Integration(_)
        | Actor::System => {
            super::only_self_or_system(by, id, "change the status of another operator")?;
        }
    }
    if livechat.known_operator(id)?.status == status {
        return Ok(vec![]);
    }
    Ok(vec![Fact::Operator { operator: id.clone(), fact: OperatorFact::StatusChanged { status } }])
}
