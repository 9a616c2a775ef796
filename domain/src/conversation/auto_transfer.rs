//! Transfer by rule (spec.md §Timeouts, `auto_transfer`; §Behaviour, `transfer_on_disconnect`).
//!
//! **Inactive operator.** The clock runs while the conversation is assigned but not picked up, and while a
//! message of the visitor is unanswered, from the first such message; the operator's typing starts it
//! anew. When it is over the conversation goes to another operator who has room, never back to one who
//! was already tried in this segment until all who may receive it were. Nobody has room: it stays, and is
//! tried again after as long.
//!
//! **Disconnected operator.** After a sign-out, or when a lost desk did not come back in time, each of the
//! operator's conversations goes to another operator who has room, those not yet tried first; nobody has
//! room: back to the queue with the time of its request, or released if the service is closed by now and
//! nobody is left who may receive it; a visitor who has left the site does not wait (`visitor_page.rs`). The
//! operator is not to blame, so counts as tried only if inactive before. Of an operator who is suspended or
//! removed the conversations go whatever the setting (`operator/suspend.rs`); in a livechat that was closed nobody
//! goes back to the queue.

use serde::{Deserialize, Serialize};

use super::release::ReleaseReason;
use super::{Conversation, Phase, clocks, visitor_page};
use crate::Instant;
use crate::event::{ConversationFact, Fact};
use crate::id::{ConversationId, OperatorId};
use crate::livechat::Livechat;
use crate::settings::Timeouts;
use crate::timer::TimerKind;

/// Why a conversation is moved by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The operator did not pick up or answer in time.
    Inactive,
    /// The operator was disconnected.
    Disconnected,
}

pub(crate) fn start(conversation: &mut Conversation, timeouts: &Timeouts, at: Instant) {
    conversation.timers.set(TimerKind::AutoTransfer, timeouts.auto_transfer().map(|wait| at + wait));
}

pub(crate) const fn stop(conversation: &mut Conversation) {
    conversation.timers.set(TimerKind::AutoTransfer, None);
}

/// The operator was inactive for too long.
pub(crate) fn due(
    livechat: &Livechat,
    id: ConversationId,
    conversation: &Conversation,
    now: Instant,
) -> Option<Fact> {
    let from = conversation.operator()?;
    if let Some(to) = next_untried(livechat, conversation, from) {
        return Some(moved(id, from, to, Cause::Inactive));
    }
    // Switched off meanwhile, it is not tried again.
    let again_at = livechat.settings().timeouts.auto_transfer().map(|wait| now + wait);
    let stays = ConversationFact::AutoTransferFailed { again_at };
    Some(Fact::conversation(id, Some(from.clone()), stays))
}

/// What becomes of the next conversation of an operator who is disconnected.
pub(crate) fn next_of_disconnected(livechat: &Livechat, from: &OperatorId) -> Option<Fact> {
    let operator = livechat.operator(from)?;
    let goes = livechat.settings().behaviour.transfer_on_disconnect || operator.suspended;
    if operator.connected_since.is_some() || !goes {
        return None;
    }
    let (id, conversation) = operator
        .conversations
        .iter()
        .filter_map(|id| Some((*id, livechat.conversation(*id)?)))
        .min_by_key(|(id, conversation)| conversation.place(*id))?;
    let to = next_untried(livechat, conversation, from).or_else(|| anybody(livechat, conversation, from));
    let skill = conversation.skill.as_ref();
    let is_over = livechat.has_closed(skill) && livechat.roster().receiving(skill) == 0;
    Some(match to {
        Some(to) => moved(id, from, to, Cause::Disconnected),
        None if livechat.is_shut() => Fact::conversation(
            id,
            Some(from.clone()),
            ConversationFact::Released { reason: ReleaseReason::LivechatClosed },
        ),
        None if is_over => Fact::conversation(
            id,
            Some(from.clone()),
            ConversationFact::Released { reason: ReleaseReason::Closing },
        ),
        None if !visitor_page::may_wait(conversation) => {
            Fact::conversation(id, Some(from.clone()), ConversationFact::Left)
        }
        None => Fact::conversation(
            id,
            None,
            ConversationFact::ReturnedToQueue {
                from: from.clone(),
                position: livechat.queue().position_of(&conversation.place(id)),
            },
        ),
    })
}

fn moved(id: ConversationId, from: &OperatorId, to: &OperatorId, cause: Cause) -> Fact {
    let fact = ConversationFact::AutoTransferred { from: from.clone(), cause };
    Fact::conversation(id, Some(to.clone()), fact)
}

/// The best placed operator with room who was not tried; when all who may receive it were, any other.
fn next_untried<'a>(
    livechat: &'a Livechat,
    conversation: &Conversation,
    from: &OperatorId,
) -> Option<&'a OperatorId> {
    let skill = conversation.skill.as_ref();
    let untried = |id: &&OperatorId| *id != from && !conversation.tried.contains(*id);
    if let Some(to) = livechat.roster().free(skill).find(untried) {
        return Some(to);
    }
    let may =
        |id: &OperatorId| livechat.operator(id).is_some_and(|one| one.may_receive() && one.can_serve(skill));
    let mut tried = conversation.tried.clone();
    tried.insert(from.clone());
    let tried_who_may = tried.iter().filter(|id| may(id)).count();
    if livechat.roster().receiving(skill) > tried_who_may {
        return None;
    }
    anybody(livechat, conversation, from)
}

fn anybody<'a>(
    livechat: &'a Livechat,
    conversation: &Conversation,
    from: &OperatorId,
) -> Option<&'a OperatorId> {
    livechat.roster().free(conversation.skill.as_ref()).find(|id| *id != from)
}

pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Instant,
    id: ConversationId,
    from: &OperatorId,
    to: &OperatorId,
    cause: Cause,
) {
    livechat.hand_over(at, id, from, to);
    livechat.change_conversation(id, |conversation, settings| {
        if cause == Cause::Inactive {
            // Whoever gets it although tried is the first of a new round.
            if conversation.tried.contains(to) {
                conversation.tried.clear();
            }
            conversation.tried.insert(from.clone());
        }
        clocks::moved(conversation, &settings.timeouts, at);
    });
}

pub(crate) const fn stayed(conversation: &mut Conversation, again_at: Option<Instant>) {
    conversation.timers.set(TimerKind::AutoTransfer, again_at);
}

pub(crate) fn returned(livechat: &mut Livechat, id: ConversationId, from: &OperatorId, position: usize) {
    livechat.change_operator(from, |operator| {
        operator.conversations.remove(&id);
    });
    livechat.change_conversation(id, |conversation, _| {
        conversation.phase = Phase::Waiting;
        conversation.previous = Some(from.clone());
        conversation.told_position = Some(position);
        conversation.searching = false;
        clocks::back_to_queue(conversation);
    });
}
