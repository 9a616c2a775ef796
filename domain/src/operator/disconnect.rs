//! Disconnect: the operator signs out, or a lost desk did not come back in time. Nothing new is assigned;
//! running conversations are handled in `conversation/auto_transfer.rs`.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::DisconnectReason;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::rejection::Rejection;
use crate::state::Livechat;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: &OperatorId,
    reason: DisconnectReason,
) -> Result<Vec<Fact>, Rejection> {
    super::only_self_or_system(
        by,
        id,
        both("disconnect another operator", "déconnecter un autre opérateur"),
    )?;
    let operator = livechat.known_operator(id)?;
    if operator.connected_since.is_none() {
        return Ok(vec![]);
    }
    Ok(vec![Fact::Operator { operator: id.clone(), fact: OperatorFact::Disconnected { reason } }])
}
