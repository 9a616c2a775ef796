//! Leave: the visitor gives up waiting for a pick-up, in the queue or on a flashing tab. The
//! conversation is over, and the operator's place is free.
//!
//! Before the pick-up, *leave* and *end* by the visitor mean this, and so does leaving the site
//! (`visitor_page.rs`), even if an operator had it before: after a transfer the visitor waits again (spec.md §The life
//! of a conversation).

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Conversation;
use crate::state::Livechat;

pub(crate) fn decide(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    super::roles::visitor_side(conversation, id, by, both("leave the queue", "quitter la file d’attente"))?;
    if !conversation.waits_for_pick_up() {
        return Err(ConversationRejection::NotWaiting(id).into());
    }
    Ok(vec![left(id, conversation)])
}

/// The visitor is gone: so is the place in the queue, or on the desk where it flashed.
pub(super) fn left(id: ConversationId, conversation: &Conversation) -> Fact {
    Fact::conversation(id, conversation.operator().cloned(), ConversationFact::Flow(Flow::Left))
}
