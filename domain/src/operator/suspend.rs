//! Suspend an operator, and reinstate a suspended or removed one (spec.md §Administration). Administrators only.
//!
//! A suspended operator may not connect and is given nothing. An open desk is signed out, and the
//! conversations go on as after a sign-out, to others or back to the queue; here the setting
//! `transfer_on_disconnect` does not matter, since the operator will not be back for them soon. Tokens issued before
//! are no longer good, also after a reinstatement. Surveys that wait for the operator keep waiting.
//!
//! A removed operator comes back as the same person, with the last profile minus skills that have since been deleted:
//! what they had is theirs again.

use crate::event::DisconnectReason;
use crate::event::Profile;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::operator::register;
use crate::rejection::Rejection;
use crate::state::Livechat;
use crate::state::Operator;

pub(crate) fn suspend(livechat: &Livechat, id: &OperatorId) -> Result<Vec<Fact>, Rejection> {
    let fact = (!livechat.known_operator(id)?.suspended).then_some(OperatorFact::Suspended);
    Ok(fact.into_iter().map(|fact| Fact::Operator { operator: id.clone(), fact }).collect())
}

pub(crate) fn reinstate(livechat: &Livechat, id: &OperatorId) -> Result<Vec<Fact>, Rejection> {
    if let Some(profile) = livechat.former().get(id) {
        register::has_place(livechat)?;
        let facts =
            [OperatorFact::Reinstated, OperatorFact::Registered { profile: still_valid(livechat, profile) }];
        return Ok(facts.map(|fact| Fact::Operator { operator: id.clone(), fact }).into());
    }
    let fact = livechat.known_operator(id)?.suspended.then_some(OperatorFact::Reinstated);
    Ok(fact.into_iter().map(|fact| Fact::Operator { operator: id.clone(), fact }).collect())
}

/// The profile without skills that are not defined any more.
fn still_valid(livechat: &Livechat, profile: &Profile) -> Box<Profile> {
    let mut profile = profile.clone();
    profile.skills.retain(|skill| livechat.settings().skills.contains(skill));
    Box::new(profile)
}

/// An operator who is connected but no longer allowed in is signed out.
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
    if let Some(profile) = livechat.former.remove(id) {
        livechat.staffing += 1;
        livechat.operators.insert(id.clone(), Operator::new(profile, livechat.staffing));
    }
    livechat.change_operator(id, |operator| operator.suspended = false);
}
