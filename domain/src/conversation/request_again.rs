//! Ask again in a conversation that was kept open (spec.md §Behaviour, `keep_open`).
//!
//! It becomes the next segment of the same conversation: messages are numbered on. It goes to the previous
//! operator if that one may receive it now and has room, else by the normal rules at once, as any request
//! ([`super::request::outcome`]). A plain request of the same visitor begins a new conversation, which
//! goes to the previous operator just so, and closes the one that was kept.
//!
//! It is for the visitor who had it: whoever has its token, or, through the integration, one of the same identifier who
//! is vouched for if that one was, and is not if that one was not. So whoever claims an identifier is given no
//! conversation of the one who was vouched for, nor the other way round.

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
