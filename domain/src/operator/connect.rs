//! Connect: the operator's first desk opens. The status is the one the operator had.
//!
//! Done by the operator, or by the system when a desk is found open. A second desk of the same
//! operator records nothing.

use crate::actor::Actor;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: &OperatorId) -> Result<Vec<Fact>, Rejection> {
    super::only_self_or_system(by, id, "connect another operator")?;
    let operator = livechat.known_operator(id)?;
    if operator.connected_since.is_some() {
        return Ok(vec![]);
    }
    Ok(vec![Fact::Operator { operator: id.clone(), fact: OperatorFact::Connected }])
}
