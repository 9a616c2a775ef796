//! Call the manager (spec.md §Desk options, `call_manager`): raised by the operator in charge, taken by a
//! supervisor, done by either.
//!
//! One call per conversation at a time. It is over with the conversation at the latest; a transfer leaves
//! it, since the question is still there. Called again with another note it is a new call, which nobody has taken yet.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{Attention, ConversationFact, Fact};
use crate::id::ConversationId;
use crate::personal::Personal;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::DeskOption;
use crate::state::Livechat;
use crate::text::Note;

pub(crate) fn call(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    note: Option<&Personal<Note>>,
) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::CallManager, by)?;
    let conversation = livechat.live_conversation(id)?;
    let operator = super::roles::operator_in_charge(
        conversation,
        id,
        by,
        both("call the manager", "appeler le superviseur"),
    )?;
    if conversation.marks.help.as_ref().is_some_and(|help| note.is_none() || help.note.as_ref() == note) {
        return Ok(vec![]);
    }
    let fact = ConversationFact::Attention(Attention::HelpCalled { note: note.cloned() });
    Ok(vec![Fact::conversation(id, Some(operator.clone()), fact)])
}

/// Two supervisors who take the same call: the second gets the answer that it is taken.
pub(crate) fn take(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let Actor::Supervisor(me) = by else {
        return Err(Rejection::Forbidden {
            role: by.role(),
            action: both("take a call for help", "prendre en charge un appel à l’aide"),
        });
    };
    let help = conversation.marks.help.as_ref().ok_or(ConversationRejection::NoCallForHelp(id))?;
    match &help.taken_by {
        None => Ok(vec![Fact::conversation(
            id,
            conversation.operator().cloned(),
            ConversationFact::Attention(Attention::HelpTaken),
        )]),
        Some(taker) if taker == me => Ok(vec![]),
        Some(taker) => Err(ConversationRejection::HelpTaken(taker.clone()).into()),
    }
}

pub(crate) fn done(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    super::roles::operator_or_supervisor(
        conversation,
        id,
        by,
        both("settle a call for help", "clore un appel à l’aide"),
    )?;
    if conversation.marks.help.is_none() {
        return Ok(vec![]);
    }
    Ok(vec![Fact::conversation(
        id,
        conversation.operator().cloned(),
        ConversationFact::Attention(Attention::HelpDone),
    )])
}
