//! Remove an operator (spec.md §Administration). Administrators only.
//!
//! Like a suspension, but for good: an open desk is signed out, the conversations go to others or
//! back to the queue, tokens are no longer good. Operator surveys that wait for the operator are closed, since
//! nobody else may fill them in. History keeps the operator's name; the identifier stays with the operator
//! (`register.rs`), who may be reinstated (`suspend.rs`).

use super::{register, suspend};
use crate::event::Closing;
use crate::event::{ConversationFact, Fact, OperatorFact, SurveyStep};
use crate::id::OperatorId;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::state::Livechat;

/// Made for the revision `expected` of the profile, if given.
pub(crate) fn decide(
    livechat: &Livechat,
    id: &OperatorId,
    expected: Option<u64>,
) -> Result<Vec<Fact>, Rejection> {
    register::is_expected(livechat, id, expected)?;
    let removed = Fact::Operator { operator: id.clone(), fact: OperatorFact::Removed };
    let waiting = livechat
        .pending_surveys()
        .filter(|(key, pending)| key.audience == Audience::Operator && pending.operator.as_ref() == Some(id))
        .map(|(key, pending)| {
            let closed = ConversationFact::Survey(SurveyStep::Closed {
                audience: key.audience,
                segment: key.segment,
                survey: pending.survey.clone(),
                version: pending.version,
                closing: Closing::ByHand,
            });
            Fact::conversation(key.conversation, pending.operator.clone(), closed)
        });
    Ok(std::iter::once(removed).chain(waiting).collect())
}

/// The operator goes once nothing is on the desk any more; see [`Livechat::change_operator`].
pub(crate) fn evolve(livechat: &mut Livechat, id: &OperatorId) {
    suspend::suspended(livechat, id);
    livechat.change_operator(id, |operator| operator.removed = true);
}
