//! Kept open (spec.md §Behaviour, `keep_open`): the end of the livechat does not close the conversation.
//!
//! The visitor goes on with the bot, and may ask again for `keep_open_hours` (`request_again.rs`). The
//! integration may close it earlier. What is kept is bounded by that time, and counts no operator's load.

use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Livechat;
use chrono::TimeDelta;

/// Whether a conversation stays open when its segment has just ended. It does when an operator picked it up, or had it
/// before, so that a visitor who found everybody busy, or gave up while a tab flashed, does not lose the operator who
/// knows the story.
pub(crate) fn after_end(livechat: &Livechat, at: Timestamp, id: ConversationId) -> Option<Fact> {
    if !livechat.settings().behaviour.keep_open {
        return None;
    }
    let operator = livechat.recently_ended().get(id)?.last_operator()?.clone();
    let until = at + TimeDelta::hours(livechat.settings().behaviour.keep_open_hours);
    Some(Fact::conversation(id, Some(operator), ConversationFact::Flow(Flow::KeptOpen { until })))
}

/// Close a conversation that was kept open.
pub(crate) fn close(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let Some(kept) = livechat.kept.get(&id) else {
        livechat.live_conversation(id)?;
        return Err(ConversationRejection::NotEnded(id).into());
    };
    match by {
        Actor::Integration(_) | Actor::Supervisor(_) => {}
        Actor::Visitor(visitor) if *visitor == kept.visitor => {}
        Actor::Visitor(_) => return Err(ConversationRejection::NotYours(id).into()),
        Actor::Operator(_) | Actor::Administrator(_) | Actor::Analyst(_) | Actor::System => {
            return Err(Rejection::Forbidden {
                role: by.role(),
                action: both("close a conversation", "fermer une conversation"),
            });
        }
    }
    Ok(vec![closed(id)])
}

/// The time to ask again is over.
pub(crate) const fn closed(id: ConversationId) -> Fact {
    Fact::conversation(id, None, ConversationFact::Flow(Flow::Closed))
}
