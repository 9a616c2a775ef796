//! Transfer by rule (spec.md §Timeouts, `auto_transfer`; §Behaviour, `transfer_on_disconnect`).
//!
//! **Inactive operator.** The clock runs while the conversation is assigned but not picked up, and while a
//! message of the visitor is unanswered, from the first such message; the operator's typing restarts it, and while the
//! operator searches and the visitor is kept informed, it stands still (`search_notice.rs`). When it expires the
//! conversation goes to another operator with room, never back to one already tried in this segment until every
//! eligible operator has been. If nobody has room it stays, and goes to the first operator who does.
//!
//! Silent operators do not pass a visitor back and forth: an operator who gets the conversation again has twice as long
//! each time, up to an hour, and the visitor hears of no operator twice, neither by this phrase nor by a greeting. A
//! message or typing resets this, and so does a pick-up where no answer is owed; an operator who picks up and says
//! nothing to a waiting visitor is silent.
//!
//! **Disconnected operator.** After a sign-out, or when a lost desk did not come back in time, each of the
//! operator's conversations goes to another operator who has room, those not yet tried first; if nobody has room it
//! goes back to the queue with the time of its request, or is released if the service is closed by now and no operator
//! is left who may receive it; a visitor who has left the site does not wait (`visitor_page.rs`). The disconnected
//! operator counts as tried only if inactive before. Conversations of a suspended or removed operator go whatever the
//! setting (`operator/suspend.rs`); in a closed livechat no visitor goes back to the queue.

pub(super) mod clock;

use super::{leave, timer_rules, visitor_page};
use crate::Timestamp;
use crate::event::Cause;
use crate::event::ReleaseReason;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::{ConversationId, OperatorId};
use crate::state::Livechat;
use crate::state::Passes;
use crate::state::queue::Place;
use crate::state::timers::TimerKind;
use crate::state::{Conversation, Phase};

/// The operator was inactive for too long.
pub(crate) fn due(livechat: &Livechat, id: ConversationId, conversation: &Conversation) -> Option<Fact> {
    let from = conversation.operator()?;
    if !conversation.is_answered() && !visitor_page::may_wait(conversation) {
        // Today such a conversation ends at once; older logs have some that stayed unnoticed.
        return Some(leave::left(id, conversation));
    }
    if let Some(to) = next_untried(livechat, conversation, from) {
        return Some(moved(livechat, id, from, to, Cause::Inactive));
    }
    let stays = ConversationFact::Flow(Flow::AutoTransferFailed { again_at: None });
    Some(Fact::conversation(id, Some(from.clone()), stays))
}

/// The oldest conversation that no operator could take from its inactive operator, and one can take now.
pub(crate) fn next_stranded(livechat: &Livechat) -> Option<(Place, Fact)> {
    // Switched off meanwhile, it stays where it is.
    livechat.settings().timeouts.auto_transfer()?;
    if !livechat.roster().has_anybody_free() {
        return None;
    }
    livechat.stranded.iter().find_map(|place| {
        let conversation = livechat.conversation(place.conversation)?;
        let from = conversation.operator()?;
        let to = next_untried(livechat, conversation, from)?;
        Some((*place, moved(livechat, place.conversation, from, to, Cause::Inactive)))
    })
}

/// The event for the next conversation of a disconnected operator.
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
        Some(to) => moved(livechat, id, from, to, Cause::Disconnected),
        None if livechat.is_shut() => Fact::conversation(
            id,
            Some(from.clone()),
            ConversationFact::Flow(Flow::Released { reason: ReleaseReason::LivechatClosed }),
        ),
        None if is_over => Fact::conversation(
            id,
            Some(from.clone()),
            ConversationFact::Flow(Flow::Released { reason: ReleaseReason::Closing }),
        ),
        None if !visitor_page::may_wait(conversation) => {
            Fact::conversation(id, Some(from.clone()), ConversationFact::Flow(Flow::Left))
        }
        None => Fact::conversation(
            id,
            None,
            ConversationFact::Flow(Flow::ReturnedToQueue {
                from: from.clone(),
                position: livechat.queue().position_of(&conversation.place(id)),
            }),
        ),
    })
}

fn moved(livechat: &Livechat, id: ConversationId, from: &OperatorId, to: &OperatorId, cause: Cause) -> Fact {
    let hidden = !livechat.settings().timeouts.auto_transfer_notice;
    let fact = ConversationFact::Flow(Flow::AutoTransferred { from: from.clone(), cause, hidden });
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
    at: Timestamp,
    id: ConversationId,
    from: &OperatorId,
    to: &OperatorId,
    (cause, hidden): (Cause, bool),
) {
    livechat.hand_over(at, id, from, to);
    livechat.change_conversation(id, |conversation, settings| {
        if cause == Cause::Inactive {
            // An operator who gets it although already tried is the first of a new round.
            let tried = conversation.tried.contains(to);
            if tried {
                conversation.tried.clear();
            }
            conversation.tried.insert(from.clone());
            conversation.passes.go_on(tried);
        } else {
            conversation.passes = Passes { told: true, ..Passes::default() };
        }
        // A visitor who waits for a first pick-up has met no operator to hide the transfer from.
        if hidden && conversation.shown.is_some() {
            conversation.hidden = true;
        } else {
            conversation.announce_change(to);
        }
        timer_rules::moved(conversation, &settings.timeouts, at);
    });
}

pub(crate) const fn stayed(conversation: &mut Conversation, at: Timestamp, again_at: Option<Timestamp>) {
    conversation.timers.arm(TimerKind::AutoTransfer, at, again_at);
    conversation.stranded = again_at.is_none();
}

pub(crate) fn returned(livechat: &mut Livechat, id: ConversationId, from: &OperatorId, position: usize) {
    livechat.change_operator(from, |operator| {
        operator.conversations.remove(&id);
    });
    livechat.change_conversation(id, |conversation, _| {
        conversation.phase = Phase::Waiting;
        conversation.previous = Some(from.clone());
        conversation.announced_position = Some(position);
        conversation.searching = false;
        (conversation.hidden, conversation.shown) = (false, None);
        conversation.passes = Passes::default();
        timer_rules::back_to_queue(conversation);
    });
}
