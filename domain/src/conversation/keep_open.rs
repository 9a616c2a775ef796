//! Kept open (spec.md §Behaviour, `keep_open`): the end of the livechat does not close the conversation.
//!
//! The visitor goes on with the bot, and may ask again for `keep_open_hours` (`request_again.rs`). The
//! integration may close it earlier. What is kept is bounded by that time, and counts no operator's load.

use serde::{Deserialize, Serialize};

use super::Rejection as ConversationRejection;
use crate::Instant;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact};
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use chrono::TimeDelta;

/// A conversation between two segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Who chats.
    pub visitor: VisitorId,
    /// The integration has made sure who that is.
    pub vouched: bool,
    /// Who picked it up last, in the segment that ended or before.
    pub operator: Option<OperatorId>,
    /// The skill asked for in the last segment, which stays defined as long as this is kept.
    #[serde(default)]
    pub skill: Option<SkillId>,
    /// The how-manieth segment has ended.
    pub segment: u32,
    /// Messages so far.
    pub messages: u32,
    /// Until when the visitor may ask again.
    pub until: Instant,
}

/// Whether the conversation stays open, whose segment has just ended. It does when somebody picked it up; and
/// when nobody did this time but somebody had it before, so that a visitor who found everybody busy, or gave up
/// while a tab flashed, has not lost the operator who knows the story.
pub(crate) fn after_end(livechat: &Livechat, at: Instant, id: ConversationId) -> Option<Fact> {
    if !livechat.settings().behaviour.keep_open {
        return None;
    }
    let operator = livechat.recently_ended().get(id)?.last_operator()?.clone();
    let until = at + TimeDelta::hours(livechat.settings().behaviour.keep_open_hours);
    Some(Fact::conversation(id, Some(operator), ConversationFact::KeptOpen { until }))
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
    Fact::conversation(id, None, ConversationFact::Closed)
}
