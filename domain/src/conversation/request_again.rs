//! Ask again in a conversation that was kept open (spec.md §Behaviour, `keep_open`).
//!
//! It becomes the next segment of the same conversation: messages are numbered on. It goes to the previous operator if
//! they may receive it now and have room, else by the normal rules at once, as any request
//! ([`super::request::outcome`]). A plain request of the same visitor begins a new conversation, which goes to the
//! previous operator in the same way, and closes the one that was kept.
//!
//! Only the visitor who had it may do so: the holder of its token, or, through the integration, a visitor with the same
//! identifier who is vouched for exactly if the first one was. So merely claiming an identifier gives no access to a
//! conversation of the visitor who was vouched for, nor the other way round.

use super::request;
use crate::Timestamp;
use crate::actor::Actor;
use crate::event::Request;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Livechat;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    request: &Request,
) -> Result<Vec<Fact>, Rejection> {
    request::may_ask(livechat, by, request)?;
    let Some(kept) = livechat.kept.get(&id) else {
        livechat.live_conversation(id)?;
        return Err(ConversationRejection::NotEnded(id).into());
    };
    let is_alike = matches!(by, Actor::Visitor(_)) || kept.vouched == request.visitor.authenticated;
    if kept.visitor != request.visitor.id || !is_alike {
        return Err(ConversationRejection::NotYours(id).into());
    }
    if let Some(live) = livechat.conversation_of(&kept.visitor, kept.vouched) {
        return Err(ConversationRejection::AlreadyInConversation(live).into());
    }
    Ok(vec![Fact::conversation(
        id,
        None,
        ConversationFact::Flow(Flow::RequestedAgain(Box::new(request.clone()))),
    )])
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: ConversationId, request: &Request) {
    let kept = livechat.no_longer_kept(id);
    livechat.recently_ended.forget(id);
    request::begin(livechat, at, id, request, kept);
}
