//! Put a conversation on hold, and take it back (spec.md §The life of a conversation): by the operator in charge who
//! has picked it up. What they write takes it back too, and so does whatever moves the conversation: a transfer, or the
//! operator's disconnection.
//!
//! The visitor is told by the phrase `on_hold`, and told again every `hold_phrase` minutes as long as it lasts.
//!
//! On hold none of the conversation's other timers fires: the visitor is neither warned nor given to somebody else, and
//! nobody who has room later is given it. Taken back, those that would have fired start anew, as after a word of the
//! operator's; one that had not run does not begin to. It counts for the operator's load all the same.

use super::auto_transfer::clock as auto_transfer;
use super::{follow_up, inactivity, timer_rules, write};
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{Attention, Exchange, Fact, Notice, Voice};
use crate::id::{ConversationId, OperatorId};
use crate::rejection::Rejection;
use crate::settings::Timeouts;
use crate::state::timers::TimerKind;
use crate::state::{Conversation, Livechat};

pub(crate) fn put(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let action = both("put a conversation on hold", "mettre une conversation en attente");
    let operator = super::roles::operator_answering(conversation, id, by, action)?;
    let is_on_hold = conversation.marks.on_hold_since.is_some();
    Ok(if is_on_hold { vec![] } else { vec![fact(id, operator, Attention::PutOnHold)] })
}

pub(crate) fn take_back(livechat: &Livechat, by: &Actor, id: ConversationId) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let action = both("take a conversation back", "reprendre une conversation");
    super::roles::operator_answering(conversation, id, by, action)?;
    Ok(taken_back(id, conversation).into_iter().collect())
}

/// What the operator says takes it back.
pub(crate) fn ended_by(livechat: &Livechat, id: ConversationId, fact: &Exchange) -> Option<Fact> {
    let speaker = match fact {
        Exchange::MessagePosted { voice, source, .. } => write::speaker(*voice, source.as_ref())?,
        Exchange::FileSent { voice, .. } => *voice,
        Exchange::FileRequested { .. } => Voice::Operator,
        Exchange::InternalMessagePosted { .. }
        | Exchange::OperatorTyped
        | Exchange::Typing { .. }
        | Exchange::CopyMailed { .. } => return None,
    };
    if speaker == Voice::Operator { taken_back(id, livechat.conversation(id)?) } else { None }
}

/// What takes back all that an operator has on hold who has gone for good.
pub(crate) fn left_behind<'a>(
    livechat: &'a Livechat,
    operator: &OperatorId,
) -> impl Iterator<Item = Fact> + use<'a> {
    let conversations = livechat.operator(operator).map(|operator| &operator.conversations);
    conversations.into_iter().flatten().filter_map(|id| taken_back(*id, livechat.conversation(*id)?))
}

/// What takes a conversation back that is on hold; nothing when it is not.
pub(crate) fn taken_back(id: ConversationId, conversation: &Conversation) -> Option<Fact> {
    let operator = conversation.operator().filter(|_| conversation.marks.on_hold_since.is_some())?;
    Some(fact(id, operator, Attention::TakenBack))
}

fn fact(id: ConversationId, operator: &OperatorId, fact: Attention) -> Fact {
    Fact::conversation(id, Some(operator.clone()), fact.into())
}

/// The phrase is due again.
pub(crate) fn due(id: ConversationId, conversation: &Conversation) -> Fact {
    Fact::conversation(id, conversation.operator().cloned(), Notice::StillOnHold.into())
}

/// The phrase comes again in as long as the setting says now; switched off, it does not.
pub(crate) fn await_phrase(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    let again_at = timeouts.hold_phrase().map(|period| at + period);
    conversation.timers.arm(TimerKind::HoldPhrase, at, again_at);
}

pub(crate) fn was_put(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    conversation.timers.suspend();
    await_phrase(conversation, timeouts, at);
    // Nobody is given it meanwhile, although its operator has not answered.
    conversation.stranded = false;
}

pub(crate) fn was_taken_back(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    searching: bool,
) {
    conversation.timers.resume();
    conversation.timers.cancel(TimerKind::HoldPhrase);
    let ran = |kind| conversation.timers.deadline(kind).is_some();
    let (silent, unreplied) = (ran(TimerKind::VisitorInactivity), ran(TimerKind::FollowUp));
    if silent {
        inactivity::restart(conversation, timeouts, at);
    }
    if unreplied {
        follow_up::restart(conversation, timeouts, at);
    }
    if conversation.unanswered_since.is_some() {
        auto_transfer::stop(conversation);
        timer_rules::waits_for_an_answer(conversation, timeouts, at, searching);
    }
}
