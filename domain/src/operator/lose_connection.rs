//! Lose the connection: the operator's last desk is gone without a sign-out (spec.md §Timeouts,
//! `disconnect_notice`).
//!
//! Until the time is over nobody notices: the operator counts as connected, but is given nothing new. A
//! desk that comes back ends it (`connect.rs`). Then the operator is disconnected, and the visitors are notified
//! (`disconnect.rs`). With `disconnect_notice` 0 they are not, and the time is [`DESK_GRACE`].

use chrono::TimeDelta;

use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::DisconnectReason;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::limits::DESK_GRACE_SECS;
use crate::rejection::Rejection;
use crate::state::Livechat;
use crate::state::Operator;

/// How long a lost desk may be away when no time is set.
pub const DESK_GRACE: TimeDelta = TimeDelta::seconds(DESK_GRACE_SECS);

pub(crate) fn decide(
    livechat: &Livechat,
    at: Timestamp,
    by: &Actor,
    id: &OperatorId,
) -> Result<Vec<Fact>, Rejection> {
    super::only_self_or_system(
        by,
        id,
        both(
            "lose the connection of another operator",
            "signaler la perte de connexion d’un autre opérateur",
        ),
    )?;
    let operator = livechat.known_operator(id)?;
    if operator.connected_since.is_none() || operator.lost_until.is_some() {
        return Ok(vec![]);
    }
    let until = at + livechat.settings().timeouts.disconnect_notice().unwrap_or(DESK_GRACE);
    Ok(vec![Fact::Operator { operator: id.clone(), fact: OperatorFact::ConnectionLost { until } }])
}

/// The server was down, so every desk is lost; those that are open again by now say so.
pub(crate) fn all(livechat: &Livechat, at: Timestamp) -> Vec<Fact> {
    let until = at + livechat.settings().timeouts.disconnect_notice().unwrap_or(DESK_GRACE);
    let open = |operator: &Operator| operator.connected_since.is_some() && operator.lost_until.is_none();
    let lost = livechat.operators().iter().filter(|(_, operator)| open(operator));
    lost.map(|(id, _)| Fact::Operator { operator: id.clone(), fact: OperatorFact::ConnectionLost { until } })
        .collect()
}

/// The lost desk did not come back in time.
pub(crate) const fn due(id: OperatorId) -> Fact {
    Fact::Operator {
        operator: id,
        fact: OperatorFact::Disconnected { reason: DisconnectReason::ConnectionLost },
    }
}
