//! The visitor or the operator types (spec.md §Timeouts: typing restarts the clock of `auto_transfer`, and a visitor
//! who is typing is neither followed up nor timed out).
//!
//! Typing is a live signal. It becomes an event only while a clock runs that counts the silence of the one typing. An
//! event stands for all signals until a time shortly after it: a tenth of the time of the clock, a few seconds at most.
//! The clock starts again from there, so that no signal is lost, the last one least of all, and few are recorded.

use chrono::TimeDelta;

use super::timer_rules;
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::{Bilingual, both};
use crate::event::{ConversationFact, Exchange, Fact, Voice};
use crate::id::ConversationId;
use crate::limits::{OPERATOR_TYPING_SECS, VISITOR_TYPING_SECS};
use crate::rejection::Rejection;
use crate::state::Conversation;
use crate::state::Livechat;
use crate::state::timers::TimerKind;

const TYPE: Bilingual = both("type in a conversation", "saisir du texte dans une conversation");

pub(crate) fn decide(
    livechat: &Livechat,
    at: Timestamp,
    by: &Actor,
    id: ConversationId,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let timeouts = &livechat.settings().timeouts;
    let (voice, running, wait, most) = match by {
        Actor::Visitor(_) | Actor::Integration(_) => {
            super::roles::visitor_side(conversation, id, by, TYPE)?;
            let (clock, wait) = match timeouts.inactivity() {
                Some(wait) => (TimerKind::VisitorInactivity, Some(wait)),
                None => (TimerKind::FollowUp, timeouts.follow_up()),
            };
            (Voice::Visitor, conversation.timers.deadline(clock), wait, VISITOR_TYPING_SECS)
        }
        Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::System => {
            super::roles::operator_in_charge(conversation, id, by, TYPE)?;
            let clock = conversation.timers.deadline(TimerKind::AutoTransfer);
            // An operator who comes back to a conversation that nobody could take keeps it.
            let clock = if conversation.stranded { Some(at) } else { clock };
            let running = conversation.answering().and(clock);
            (Voice::Operator, running, timeouts.auto_transfer(), OPERATOR_TYPING_SECS)
        }
    };
    // A clock that was switched off meanwhile keeps the deadline that it has.
    let Some((running, wait)) = running.zip(wait) else { return Ok(vec![]) };
    if at + wait <= running {
        return Ok(vec![]);
    }
    let stands_for = (wait / 10).min(TimeDelta::seconds(most));
    let fact = ConversationFact::Exchange(Exchange::Typing { voice, until: at + stands_for });
    Ok(vec![Fact::conversation(id, conversation.operator().cloned(), fact)])
}

pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Timestamp,
    id: ConversationId,
    voice: Voice,
    until: Timestamp,
) {
    livechat.change_conversation(id, |conversation: &mut Conversation, settings| match voice {
        Voice::Operator => timer_rules::operator_types(conversation, &settings.timeouts, at, until),
        Voice::Visitor => timer_rules::visitor_types(conversation, &settings.timeouts, at, until),
        Voice::System => {}
    });
}
