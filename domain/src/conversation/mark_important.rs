//! Mark as important, or not any more (spec.md §Desk options, `mark_important`): by the operator in charge
//! while the option is on, or by a supervisor. Marking what is marked records nothing.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact};
use crate::id::ConversationId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::settings::DeskOption;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    important: bool,
) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::MarkImportant, by)?;
    let conversation = livechat.live_conversation(id)?;
    super::operator_or_supervisor(
        conversation,
        id,
        by,
        both("mark a conversation as important", "marquer une conversation comme importante"),
    )?;
    if conversation.important == important {
        return Ok(vec![]);
    }
    let fact = ConversationFact::ImportanceMarked { important };
    Ok(vec![Fact::conversation(id, conversation.operator().cloned(), fact)])
}
