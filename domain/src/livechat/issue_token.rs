//! Issue a token: somebody is given the means to act as an operator or as a visitor (spec.md §Privacy and
//! security, §History, audit, analysts: the audit includes it).
//!
//! The token itself is made and signed outside; here is who may have one made, for whom. It changes nothing in
//! the livechat, but nobody can deny it. The token that answers a request for a conversation needs no event of
//! its own: the request says who asked for whom.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::Bearer;
use crate::event::{Fact, LivechatFact};
use crate::rejection::Rejection;
use crate::state::Livechat;

/// Administrators have tokens made for operators who are registered, integrations for visitors. That the
/// conversation is this visitor's is checked where the log is at hand: it may have ended long ago.
pub(crate) fn decide(livechat: &Livechat, by: &Actor, bearer: &Bearer) -> Result<Vec<Fact>, Rejection> {
    let (may, action) = match bearer {
        Bearer::Operator(_) => (
            matches!(by, Actor::Administrator(_)),
            both("issue tokens for operators", "émettre des jetons pour des opérateurs"),
        ),
        Bearer::Visitor { .. } => (
            matches!(by, Actor::Integration(_)),
            both("issue tokens for visitors", "émettre des jetons pour des internautes"),
        ),
    };
    if !may {
        return Err(Rejection::Forbidden { role: by.role(), action });
    }
    if let Bearer::Operator(operator) = bearer
        && livechat.operator(operator).is_none()
    {
        return Err(Rejection::UnknownOperator(operator.clone()));
    }
    Ok(vec![Fact::Livechat(LivechatFact::TokenIssued { bearer: bearer.clone() })])
}
