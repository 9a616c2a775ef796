//! Leave the queue: the visitor gives up waiting. The conversation is over.

use super::Rejection as ConversationRejection;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact};
use crate::id::ConversationId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    super::visitor_side(conversation, id, by, both("leave the queue", "quitter la file d’attente"))?;
    if !conversation.is_waiting() {
        return Err(ConversationRejection::NotWaiting(id).into());
    }
    Ok(vec![Fact::conversation(id, None, ConversationFact::Left)])
}
