//! Suspend an operator, and reinstate one who was (spec.md §Administration). Administrators only.
//!
//! Who is suspended may not connect and is given nothing. A desk that is open is signed out, and the
//! conversations go on as after a sign-out, to others or back to the queue; here the setting
//! `transfer_on_disconnect` is not asked, since nobody comes back for them soon. Tokens issued before are no
//! longer good, also after a reinstatement. Surveys that wait for the operator keep waiting.

use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::livechat::Livechat;
use crate::operator::disconnect::DisconnectReason;
use crate::rejection::Rejection;

pub(crate) fn suspend(livechat: &Livechat, id: &OperatorId) -> Result<Vec<Fact>, Rejection> {
    let fact = (!livechat.known_operator(id)?.suspended).then_some(OperatorFact::Suspended);
    Ok(fact.into_iter().map(|fact| Fact::Operator { operator: id.clone(), fact }).collect())
}

pub(crate) fn reinstate(livechat: &Livechat, id: &OperatorId) -> Result<Vec<Fact>, Rejection> {
    let fact = livechat.known_operator(id)?.suspended.then_some(OperatorFact::Reinstated);
    Ok(fact.into_iter().map(|fact| Fact::Operator { operator: id.clone(), fact }).collect())
}

/// Who may not be here any more and is connected is signed out.
pub(crate) fn signed_out(livechat: &Livechat, id: &OperatorId) -> Option<Fact> {
    livechat.operator(id)?.connected_since?;
    let fact = OperatorFact::Disconnected { reason: DisconnectReason::SignedOut };
    Some(Fact::Operator { operator: id.clone(), fact })
}

pub(crate) fn suspended(livechat: &mut Livechat, id: &OperatorId) {
    livechat.staffing += 1;
    let tokens = livechat.staffing;
    livechat.change_operator(id, |operator| {
        operator.suspended = true;
        operator.tokens = tokens;
    });
}

pub(crate) fn reinstated(livechat: &mut Livechat, id: &OperatorId) {
    livechat.change_operator(id, |operator| operator.suspended = false);
}
