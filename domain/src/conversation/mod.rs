//! Conversations: one exchange with a visitor, from the request to the end. One file per use case;
//! `inactivity.rs` is the rule of the first timers.
//!
//! `requested → refused | waiting | assigned`; `waiting → assigned | left`; `assigned → picked up`;
//! `assigned | picked up → transferred → assigned`; `→ ended` (spec.md §The life of a conversation).
//!
//! The state of a conversation holds no message text.

pub mod end;
pub mod inactivity;
pub mod leave;
pub mod pick_up;
mod rejection;
pub mod request;
pub mod transfer;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::actor::Actor;
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::queue::Place;
use crate::text::Language;
use crate::timer::Timers;

pub use rejection::Rejection;

/// A live conversation as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Who chats.
    pub visitor: VisitorId,
    /// In which language.
    pub language: Language,
    /// The skill asked for.
    pub skill: Option<SkillId>,
    /// When it was requested.
    pub requested_at: Instant,
    /// The how-manieth request of the livechat it was.
    pub request: u64,
    /// Messages so far.
    pub messages: u32,
    /// Where it stands.
    pub phase: Phase,
    /// Its armed timers.
    pub timers: Timers,
}

/// Where a live conversation stands, with only the data valid then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Asked for; the answer of the rules follows at once.
    Requested,
    /// In the queue.
    Waiting,
    /// On an operator's desk.
    Assigned {
        /// Whose.
        operator: OperatorId,
        /// Whether the operator opened the tab.
        picked_up: bool,
    },
}

impl Conversation {
    /// Its place in the queue, now or if it were to wait.
    pub const fn place(&self, id: ConversationId) -> Place {
        Place { requested_at: self.requested_at, request: self.request, conversation: id }
    }

    /// Who is in charge.
    pub const fn operator(&self) -> Option<&OperatorId> {
        match &self.phase {
            Phase::Requested | Phase::Waiting => None,
            Phase::Assigned { operator, .. } => Some(operator),
        }
    }

    /// Whether it waits in the queue.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting)
    }
}

/// The visitor of this conversation, or the integration that speaks for the visitor.
fn visitor_side(
    conversation: &Conversation,
    id: ConversationId,
    by: &Actor,
    action: &'static str,
) -> Result<(), crate::Rejection> {
    match by {
        Actor::Integration(_) => Ok(()),
        Actor::Visitor(visitor) if *visitor == conversation.visitor => Ok(()),
        Actor::Visitor(_) => Err(Rejection::NotYours(id).into()),
        Actor::Operator(_) | Actor::Supervisor(_) | Actor::Administrator(_) | Actor::System => {
            Err(crate::Rejection::Forbidden { role: by.role(), action })
        }
    }
}

/// The operator who has this conversation, if that is who acts.
fn operator_in_charge<'a>(
    conversation: &'a Conversation,
    id: ConversationId,
    by: &Actor,
    action: &'static str,
) -> Result<&'a OperatorId, crate::Rejection> {
    match by {
        Actor::Operator(me) => match conversation.operator() {
            Some(operator) if operator == me => Ok(operator),
            Some(_) => Err(Rejection::NotYours(id).into()),
            None => Err(Rejection::NotAssigned(id).into()),
        },
        Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Integration(_)
        | Actor::System => Err(crate::Rejection::Forbidden { role: by.role(), action }),
    }
}
