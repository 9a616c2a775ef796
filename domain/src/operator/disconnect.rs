//! Disconnect: the operator signs out, or a lost desk did not come back in time. Nothing new is assigned;
//! what becomes of running conversations is in `conversation/auto_transfer.rs`.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;

/// Why an operator is no longer connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectReason {
    /// The operator left on purpose.
    SignedOut,
    /// The connection was lost and did not come back in time.
    ConnectionLost,
}

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
