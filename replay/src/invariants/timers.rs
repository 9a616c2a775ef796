//! Timers fire when their time has come, and once per arming.

use domain::conversation::timer_of;
use domain::event::Closing;
use domain::state::survey::SurveyKey;
use domain::state::timers::TimerOwner;
use domain::{Actor, ConversationFact, ConversationId, Event, Flow, Livechat, SurveyStep, Timestamp};

use super::violation::{Broken, Invariant, must};

/// The first timer of all.
type Due = (Timestamp, TimerOwner);

/// An event that a timer makes happen comes when that timer is the first of all and its time has come.
pub(super) fn fires_in_time(
    due: Option<&Due>,
    event: &Event,
    id: ConversationId,
    fact: &ConversationFact,
) -> Result<(), Broken> {
    let whose = if timer_of(fact).is_some() {
        TimerOwner::Conversation(id)
    } else if matches!(fact, ConversationFact::Flow(Flow::Closed)) && event.by == Actor::System {
        TimerOwner::Kept(id)
    } else if let ConversationFact::Survey(SurveyStep::Closed {
        audience,
        segment,
        closing: Closing::Expired,
        ..
    }) = fact
    {
        TimerOwner::Survey(SurveyKey { conversation: id, segment: *segment, audience: *audience })
    } else {
        return Ok(());
    };
    let in_time = due.is_some_and(|(at, first)| *at <= event.at && *first == whose);
    must(in_time, Invariant::TimerEarly, || format!("{whose:?} fires, and the first timer is {due:?}"))
}

/// A timer that has fired does not fire again without being armed again.
pub(super) fn is_disarmed(
    after: &Livechat,
    at: Timestamp,
    id: ConversationId,
    fact: &ConversationFact,
) -> Result<(), Broken> {
    let Some(kind) = timer_of(fact) else { return Ok(()) };
    let next = after.conversation(id).and_then(|live| live.timers.deadline(kind));
    must(next.is_none_or(|next| next > at), Invariant::TimerEarly, || format!("{kind:?} will fire again"))
}
