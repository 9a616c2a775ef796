//! Mark as important, or remove the mark (spec.md §Desk options, `mark_important`): by the operator in charge
//! while the option is on, or by a supervisor. Marking what is marked records nothing.
//!
//! How important a conversation was is often known only when it is over: the operator who was in charge at the end, or
//! a supervisor, may mark it then too, as long as the livechat remembers it.

use crate::actor::Actor;
use crate::bilingual::{Bilingual, both};
use crate::event::{Attention, ConversationFact, Fact};
use crate::id::{ConversationId, OperatorId};
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::DeskOption;
use crate::state::Livechat;

const ACTION: Bilingual =
    both("mark a conversation as important", "marquer une conversation comme importante");

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    important: bool,
) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::MarkImportant, by)?;
    let (operator, is_important) = match livechat.recently_ended().get(id) {
        Some(over) if livechat.conversation(id).is_none() => {
            may_mark(by, id, over.last_operator())?;
            (over.last_operator(), over.important)
        }
        Some(_) | None => {
            let conversation = livechat.live_conversation(id)?;
            super::roles::operator_or_supervisor(conversation, id, by, ACTION)?;
            (conversation.operator(), conversation.marks.important)
        }
    };
    if is_important == important {
        return Ok(vec![]);
    }
    let fact = ConversationFact::Attention(Attention::ImportanceMarked { important });
    Ok(vec![Fact::conversation(id, operator.cloned(), fact)])
}

/// May `by` mark an ended conversation that this operator had last?
fn may_mark(by: &Actor, id: ConversationId, last: Option<&OperatorId>) -> Result<(), Rejection> {
    match by {
        Actor::Supervisor(_) => Ok(()),
        Actor::Operator(me) if last == Some(me) => Ok(()),
        Actor::Operator(_) => Err(ConversationRejection::NotYours(id).into()),
        Actor::Visitor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => Err(Rejection::Forbidden { role: by.role(), action: ACTION }),
    }
}
