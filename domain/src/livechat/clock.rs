//! Time (spec.md §Time): the order of a livechat is that of its events, and what happens to everything that runs
//! when the clock of the server, or the server itself, was interrupted.
//!
//! **A clock that steps back** by up to 5 s is held at the time of the last event. After a larger step time follows
//! the clock again, and an event says so. Whatever was begun in the time that was taken back is as old as it was at the
//! last event, and every clock keeps the time that it had left then; what was begun before keeps its deadline. So
//! nothing waits for the wrong time to come, and nothing fires early. Hours are read from the calendar again. A
//! deadline that was moved, by a step or by an outage, counts as given at that time: a server that starts with its
//! clock ahead takes the difference for an outage, and the step back removes it again.
//!
//! **A server that was down** counts against nobody: a clock that waits for a person (who could neither write, nor
//! answer, nor come back) stands still meanwhile. Opening hours and shifts follow the calendar, and the changes they
//! missed are recorded after the lost desks.

use chrono::TimeDelta;

use super::opening_hours;
use crate::Timestamp;
use crate::actor::Actor;
use crate::event::{Event, Fact, LivechatFact};
use crate::id::{ConversationId, OperatorId};
use crate::state::Livechat;
use crate::state::survey::SurveyKey;
use crate::state::timers::{Adjustment, TimerOwner};
use crate::timestamp::was_set_back;

/// A time during which the server was down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The last time at which it is known to have been up; `None` when nothing is known.
    pub since: Option<Timestamp>,
    /// When it was up again.
    pub until: Timestamp,
}

/// The event that records that the clock was set back, if it was.
pub(super) fn notice(livechat: &Livechat, now: Timestamp) -> Option<Event> {
    let from = livechat.clock;
    let told = livechat.identity().is_some() && was_set_back(from, now);
    told.then(|| system_event(now, LivechatFact::ClockSetBack { from, to: now }))
}

/// The event that records an outage, if it concerns anybody: a desk was open, or a clock waits for a person.
pub(super) fn note_outage(livechat: &Livechat, outage: Outage, now: Timestamp) -> Option<Event> {
    let until = outage.until;
    let since = outage.since.filter(|since| *since <= until).unwrap_or(livechat.clock).max(livechat.clock);
    let is_news = livechat.identity().is_some() && livechat.clock < until;
    let waits = !livechat.armed.is_empty()
        || livechat.is_attended()
        || livechat.conversations().any(|(_, conversation)| conversation.timers.next().is_some());
    let told = is_news && waits;
    told.then(|| system_event(now.max(livechat.clock), LivechatFact::Interrupted { since, until }))
}

const fn system_event(at: Timestamp, fact: LivechatFact) -> Event {
    Event { at, by: Actor::System, fact: Fact::Livechat(fact) }
}

pub(super) fn set_back(livechat: &mut Livechat, from: Timestamp, to: Timestamp) {
    adjust(livechat, Adjustment::SetBack { from, to });
    opening_hours::plan(livechat, to);
}

pub(super) fn stood_still(livechat: &mut Livechat, time: TimeDelta) {
    adjust(livechat, Adjustment::StoodStill(time));
}

/// Moves every clock that waits for a person, and what the rules remember of the past.
fn adjust(livechat: &mut Livechat, adjustment: Adjustment) {
    let now = livechat.clock;
    let conversations: Vec<ConversationId> = livechat.conversations().map(|(id, _)| *id).collect();
    for id in conversations {
        livechat.change_conversation(id, |conversation, _| conversation.adjust(now, adjustment));
    }
    let operators: Vec<OperatorId> = livechat.operators().keys().cloned().collect();
    for id in operators {
        livechat.change_operator(&id, |operator| {
            for moment in
                [&mut operator.connected_since, &mut operator.last_assigned_at].into_iter().flatten()
            {
                *moment = adjustment.past_time(*moment);
            }
        });
    }
    for (owner, since) in livechat.armed.clone() {
        let moved = |deadline: &mut Timestamp| *deadline = adjustment.deadline(since, *deadline);
        match owner {
            TimerOwner::LostOperator(id) => livechat.change_operator(&id, |operator| {
                operator.lost_until.as_mut().map(moved);
            }),
            TimerOwner::Survey(key) => adjust_survey(livechat, key, moved),
            TimerOwner::Kept(id) => livechat.adjust_kept(id, moved),
            TimerOwner::Conversation(_) | TimerOwner::Shift(_) | TimerOwner::OpeningHours(_) => {}
        }
    }
}

fn adjust_survey(livechat: &mut Livechat, key: SurveyKey, moved: impl FnOnce(&mut Timestamp)) {
    livechat.change_survey(key, |slot| {
        if let Some(closes_at) = slot.as_mut().and_then(|pending| pending.closes_at.as_mut()) {
            moved(closes_at);
        }
    });
}
