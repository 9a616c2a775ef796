//! Disconnect: the operator signs out, or a lost desk did not come back in time (spec.md §Timeouts,
//! `disconnect_notice`). Nothing new is assigned; running conversations go to somebody else, if the rules of
//! `conversation/auto_transfer/` find one.
//!
//! The visitors are told by the phrase `operator_disconnected` when their operator was lost, and when one who signed out
//! leaves them behind; with `disconnect_notice` 0 they never are. How long a lost desk may be away is in
//! `lose_connection.rs`.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::conversation::write::phrase_message;
use crate::conversation::{self, auto_transfer, release};
use crate::event::DisconnectReason;
use crate::event::{Fact, OperatorFact};
use crate::id::OperatorId;
use crate::rejection::Rejection;
use crate::settings::Phrase;
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

/// What becomes of the conversations of an operator who has gone: the visitors are told, or not; then the first of them
/// goes to somebody else.
pub(crate) fn follow(livechat: &Livechat, operator: &OperatorId, reason: DisconnectReason) -> Vec<Fact> {
    let next = auto_transfer::next_of_disconnected(livechat, operator);
    let told = livechat.settings().timeouts.disconnect_notice().is_some()
        && (reason == DisconnectReason::ConnectionLost || next.is_none());
    let conversations = livechat.operator(operator).map(|operator| &operator.conversations);
    let phrases = conversations
        .into_iter()
        .flatten()
        .filter(|_| told)
        .filter_map(|id| phrase_message(livechat, *id, Phrase::OperatorDisconnected, None));
    let stay = if next.is_none() { conversation::stay_behind(livechat, operator) } else { vec![] };
    phrases.chain(stay).chain(next.or_else(|| release::next_left_alone(livechat))).collect()
}

/// The next conversation of an operator who has gone; after the last one, who waits for nobody any more.
pub(crate) fn next_left_behind(livechat: &Livechat, operator: &OperatorId) -> Option<Fact> {
    auto_transfer::next_of_disconnected(livechat, operator).or_else(|| release::next_left_alone(livechat))
}
