//! What follows from this event by our own rules? All reactions on one screen.

use super::{Livechat, evolve};
use crate::actor::Actor;
use crate::conversation::end::EndReason;
use crate::conversation::request::{self, RefusalReason};
use crate::conversation::write::say;
use crate::event::{ConversationFact, Event, Fact, LivechatFact, OperatorFact};
use crate::id::ConversationId;
use crate::limits::CONSEQUENCES_MAX;
use crate::settings::Phrase;

/// The consequences of an event that has just been applied.
///
/// The queue is served one visitor at a time: an assignment is itself a reason to look again, so
/// that each choice sees the loads the one before left.
pub fn react(livechat: &Livechat, event: &Event) -> Vec<Event> {
    let facts: Vec<Option<Fact>> = match &event.fact {
        Fact::Livechat(fact) => match fact {
            LivechatFact::Created { .. } => vec![],
            LivechatFact::SettingsChanged { .. } => vec![serve_next(livechat)],
        },
        Fact::Operator { fact, .. } => match fact {
            OperatorFact::Registered { .. }
            | OperatorFact::Connected
            | OperatorFact::StatusChanged { .. } => {
                vec![serve_next(livechat)]
            }
            OperatorFact::Disconnected { .. } => vec![],
        },
        Fact::Conversation { conversation, fact, .. } => follow(livechat, *conversation, fact),
    };
    facts.into_iter().flatten().map(|fact| Event { at: event.at, by: Actor::System, fact }).collect()
}

fn follow(livechat: &Livechat, id: ConversationId, fact: &ConversationFact) -> Vec<Option<Fact>> {
    match fact {
        ConversationFact::Requested(_) => vec![request::outcome(livechat, id)],
        ConversationFact::Refused { reason } => vec![say(livechat, id, refusal(*reason), None)],
        ConversationFact::Queued { position } => vec![say(livechat, id, Phrase::Queued, Some(*position))],
        ConversationFact::Assigned => vec![serve_next(livechat)],
        ConversationFact::PickedUp => vec![say(livechat, id, Phrase::Welcome, None)],
        ConversationFact::Transferred { .. } => {
            vec![say(livechat, id, Phrase::Transferred, None), serve_next(livechat)]
        }
        ConversationFact::TimeoutAnnounced { .. } => vec![say(livechat, id, Phrase::TimeoutWarning, None)],
        ConversationFact::Ended { reason } => {
            vec![farewell(*reason).and_then(|phrase| say(livechat, id, phrase, None)), serve_next(livechat)]
        }
        ConversationFact::Left | ConversationFact::MessagePosted { .. } => vec![],
    }
}

/// The oldest visitor who can be served now, given to the operator whose turn it is.
fn serve_next(livechat: &Livechat) -> Option<Fact> {
    let (place, operator) = livechat.roster.next_to_serve(&livechat.queue)?;
    Some(Fact::conversation(place.conversation, Some(operator.clone()), ConversationFact::Assigned))
}

const fn refusal(reason: RefusalReason) -> Phrase {
    match reason {
        RefusalReason::NoOperator => Phrase::NoOperator,
        RefusalReason::QueueFull => Phrase::QueueFull,
    }
}

const fn farewell(reason: EndReason) -> Option<Phrase> {
    match reason {
        EndReason::Operator | EndReason::Supervisor => Some(Phrase::EndedByOperator),
        EndReason::Timeout => Some(Phrase::EndedAutomatically),
        EndReason::Visitor => None,
    }
}

/// Applies `events` and everything that follows from them, until nothing more follows. Returns the
/// whole story, in order.
///
/// Each consequence is decided on the state that all before it left, so no two of them can contradict
/// each other.
pub fn happen(livechat: &mut Livechat, events: Vec<Event>) -> Vec<Event> {
    let mut story = events;
    for event in &story {
        evolve(livechat, event);
    }
    let mut next = 0;
    while let Some(event) = story.get(next) {
        let consequences = react(livechat, event);
        for consequence in &consequences {
            evolve(livechat, consequence);
        }
        story.extend(consequences);
        next += 1;
        debug_assert!(next < CONSEQUENCES_MAX, "the rules follow from each other without end");
    }
    story
}
