//! Pick up: the operator opens the flashing tab and takes the conversation in charge. The phrase
//! `welcome` follows, once per operator that the visitor is shown. Picking up twice records nothing more.

use super::timer_rules;
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::ConversationId;
use crate::rejection::Rejection;
use crate::settings::Phrase;
use crate::state::Livechat;
use crate::state::{Conversation, Phase};

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let operator = super::roles::operator_in_charge(
        conversation,
        id,
        by,
        both("pick up a conversation", "décrocher une conversation"),
    )?;
    if matches!(conversation.phase, Phase::Assigned { picked_up: true, .. }) {
        return Ok(vec![]);
    }
    Ok(vec![Fact::conversation(id, Some(operator.clone()), ConversationFact::Flow(Flow::PickedUp))])
}

/// Whether the visitor is greeted now: unless a phrase has told of this operator already, also before the conversation
/// was passed to and fro, or the change of operator is hidden.
pub(crate) fn greets(conversation: &Conversation) -> bool {
    let is_known =
        conversation.operator().is_some_and(|operator| conversation.passes.known.contains(operator));
    !conversation.introduced && !conversation.hidden && !is_known
}

/// A phrase has told the visitor who has the conversation now.
pub(crate) fn introduced(conversation: &mut Conversation, phrase: Phrase) {
    if !matches!(phrase, Phrase::AutoTransferred | Phrase::Welcome) {
        return;
    }
    conversation.introduced |= phrase == Phrase::AutoTransferred;
    if let Phase::Assigned { operator, .. } = &conversation.phase {
        conversation.passes.known.insert(operator.clone());
    }
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: ConversationId) {
    let searching = livechat.operator_searches(id);
    livechat.change_conversation(id, |conversation, settings| {
        if let Phase::Assigned { operator, picked_up, .. } = &mut conversation.phase {
            *picked_up = true;
            conversation.picked_up_by = Some(operator.clone());
            if !conversation.hidden {
                conversation.shown = Some(operator.clone());
            }
        }
        timer_rules::picked_up(conversation, &settings.timeouts, at, searching);
    });
}
