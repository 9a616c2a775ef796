//! Connect: the operator's first desk opens. The status is the one the operator had.
//!
//! Done by the operator, or by the system when a desk is found open. A second desk of the same
//! operator records nothing. A desk that comes back within `disconnect_notice` does not count as a connection: it was
//! never closed.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::rejection::Rejection;
use crate::state::Livechat;

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: &OperatorId) -> Result<Vec<Fact>, Rejection> {
    super::only_self_or_system(by, id, both("connect another operator", "connecter un autre opérateur"))?;
    let operator = livechat.known_operator(id)?;
    if operator.suspended {
        return Err(Rejection::OperatorSuspended(id.clone()));
    }
    let fact = match (operator.connected_since, operator.lost_until) {
        (None, _) => OperatorFact::Connected,
        (Some(_), Some(_)) => OperatorFact::Reconnected,
        (Some(_), None) => return Ok(vec![]),
    };
    Ok(vec![Fact::Operator { operator: id.clone(), fact }])
}
