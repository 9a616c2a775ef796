//! Issue a token: the caller gets the means to act as an operator or as a visitor (spec.md §Privacy and
//! security, §History, audit, analysts: the audit includes it).
//!
//! The token itself is created and signed elsewhere; this decides which role may have one issued, and for whom. It
//! changes nothing in the livechat, but cannot be denied. The token that answers a request for a conversation needs no
//! event of its own: the request records who asked, and for whom.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::Bearer;
use crate::event::{Fact, LivechatFact};
use crate::rejection::Rejection;
use crate::state::Livechat;

/// Administrators may issue tokens for registered operators, integrations for visitors. Whether the conversation is
/// this visitor's is checked by the caller, which has the log: it may have ended long ago.
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
