//! Conversations: one exchange with a visitor, from the request to the end. One file per use case; the
//! rules of the timers are `unanswered.rs`, `auto_transfer.rs`, `follow_up.rs`, `search_notice.rs` and
//! `inactivity.rs`, which [`timer_rules`] calls at each turn of a conversation.
//!
//! `requested → refused | waiting | assigned`; `waiting → assigned | left | released`; `assigned → picked
//! up`; `assigned | picked up → transferred → assigned`; `→ ended → (kept open → requested again) | closed`
//! (spec.md §The life of a conversation).
//!
//! The state of a conversation holds no message text.

pub mod assign;
pub mod auto_transfer;
pub mod call_manager;
pub mod end;
pub mod file;
pub mod follow_up;
pub mod inactivity;
pub mod keep_open;
pub mod leave;
pub mod mail_copy;
pub mod mark_important;
pub mod pick_up;
pub mod queue_progress;
pub mod release;
pub mod request;
pub mod request_again;
pub mod search_notice;
pub mod send_article;
pub mod timer_rules;
pub mod transfer;
pub mod typing;
pub mod unanswered;
mod visitor_card;
pub mod visitor_page;
pub mod write;
pub mod write_internally;

use crate::actor::Actor;
use crate::bilingual::Bilingual;
use crate::id::{ConversationId, OperatorId};
use crate::state::Conversation;

pub use crate::rejection::ConversationRejection as Rejection;

/// The visitor of this conversation, or the integration that speaks for the visitor.
fn visitor_side(
    conversation: &Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<(), crate::Rejection> {
    match by {
        Actor::Integration(_) => Ok(()),
        Actor::Visitor(visitor) if *visitor == conversation.visitor => Ok(()),
        Actor::Visitor(_) => Err(Rejection::NotYours(id).into()),
        Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::System => Err(crate::Rejection::Forbidden { role: by.role(), action }),
    }
}

/// The operator who has this conversation, if that is who acts.
fn operator_in_charge<'a>(
    conversation: &'a Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
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
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => Err(crate::Rejection::Forbidden { role: by.role(), action }),
    }
}

/// The operator who has picked this conversation up, if that is who acts.
pub(crate) fn operator_answering<'a>(
    conversation: &'a Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<&'a OperatorId, crate::Rejection> {
    operator_in_charge(conversation, id, by, action)?;
    conversation.answering().ok_or_else(|| Rejection::NotPickedUp(id).into())
}

/// The operator who has this conversation, or a supervisor.
fn operator_or_supervisor(
    conversation: &Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<(), crate::Rejection> {
    match by {
        Actor::Supervisor(_) => Ok(()),
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => operator_in_charge(conversation, id, by, action).map(|_| ()),
    }
}
