//! What follows from this event by our own rules? All reactions on one screen.

use super::{change_settings, evolve, opening_hours};
use crate::Timestamp;
use crate::actor::Actor;
use crate::conversation::auto_transfer;
use crate::conversation::request;
use crate::conversation::write::phrase_message;
use crate::conversation::{self, keep_open, pick_up, queue_progress, release, search_notice};
use crate::event::Cause;
use crate::event::DisconnectReason;
use crate::event::EndReason;
use crate::event::RefusalReason;
use crate::event::ReleaseReason;
use crate::event::{ConversationFact, Event, Fact, Flow, LivechatFact, OperatorFact};
use crate::id::{ConversationId, OperatorId};
use crate::limits::CONSEQUENCES_MAX;
use crate::operator::{disconnect, lose_connection, shift, suspend};
use crate::settings::Phrase;
use crate::state::Livechat;
use crate::state::queue::Place;
use crate::survey;

/// The consequences of an event that has just been applied.
///
/// The queue is served one visitor at a time: an assignment is itself a reason to look again, so
/// that each choice sees the loads the one before left. So are those who are released at closing time,
/// and the conversations of an operator who is disconnected.
pub fn react(livechat: &Livechat, event: &Event) -> Vec<Event> {
    let facts: Vec<Fact> = match &event.fact {
        Fact::Livechat(fact) => match fact {
            LivechatFact::Created { .. }
            | LivechatFact::Accessed { .. }
            | LivechatFact::TokenIssued { .. }
            | LivechatFact::ApiKeyChanged { .. }
            | LivechatFact::IdentityChanged { .. }
            | LivechatFact::Reopened => vec![],
            LivechatFact::Shut => release::next_at_shutting(livechat).into_iter().collect(),
            LivechatFact::Opened { .. } => serve_next(livechat),
            LivechatFact::SettingsChanged { section, .. } => {
                or_else_serve(change_settings::follow(livechat, event.at, section), livechat)
            }
            LivechatFact::Closed { .. } => or_else_serve(release::next_at_closing(livechat), livechat),
            LivechatFact::ClockSetBack { .. } => {
                or_else_serve(opening_hours::catch_up(livechat, event.at), livechat)
            }
            LivechatFact::Interrupted { .. } => lose_connection::all(livechat, event.at),
        },
        Fact::Operator { operator, fact } => match fact {
            OperatorFact::Registered { .. } => {
                or_else_serve(shift::catch_up(livechat, event.at, operator), livechat)
            }
            OperatorFact::Connected | OperatorFact::StatusChanged { .. } => {
                search_notice::shown(livechat, operator).into_iter().chain(serve_next(livechat)).collect()
            }
            OperatorFact::Reconnected | OperatorFact::ShiftStarted | OperatorFact::ShiftEnded => {
                serve_next(livechat)
            }
            OperatorFact::ConnectionLost { .. } | OperatorFact::Reinstated => vec![],
            OperatorFact::Disconnected { reason } => disconnect::follow(livechat, operator, *reason),
            OperatorFact::Suspended | OperatorFact::Removed => {
                match suspend::signed_out(livechat, operator) {
                    Some(signed_out) => vec![signed_out],
                    None => disconnect::follow(livechat, operator, DisconnectReason::SignedOut),
                }
            }
        },
        Fact::Conversation { conversation: id, operator, fact } => {
            let id = *id;
            match fact {
                ConversationFact::Flow(fact) => follow(livechat, event.at, id, operator.as_ref(), fact),
                ConversationFact::Exchange(_)
                | ConversationFact::Notice(_)
                | ConversationFact::Visit(_)
                | ConversationFact::Attention(_)
                | ConversationFact::Survey(_) => {
                    conversation::follow(livechat, id, fact).into_iter().collect()
                }
            }
        }
    };
    facts.into_iter().map(|fact| Event { at: event.at, by: Actor::System, fact }).collect()
}

/// What follows when a conversation moves: phrases, surveys, and who is served next.
fn follow(
    livechat: &Livechat,
    at: Timestamp,
    id: ConversationId,
    operator: Option<&OperatorId>,
    fact: &Flow,
) -> Vec<Fact> {
    let phrase = |phrase, position| phrase_message(livechat, id, phrase, position);
    let surveys_and_kept =
        || survey::ask::at_end(livechat, id).into_iter().chain(keep_open::after_end(livechat, at, id));
    match fact {
        Flow::Requested(_) | Flow::RequestedAgain(_) => request::outcome(livechat, id).into_iter().collect(),
        Flow::Refused { reason } => {
            phrase(refusal(*reason), None).into_iter().chain(surveys_and_kept()).collect()
        }
        Flow::Queued { position } => phrase(Phrase::Queued, Some(*position)).into_iter().collect(),
        Flow::QueueAdvanced { position } => {
            phrase(Phrase::QueueProgress, Some(*position)).into_iter().collect()
        }
        Flow::Assigned | Flow::AssignedByHand { .. } => serve_next(livechat),
        Flow::Left => {
            let next = match operator {
                None => queue_progress::reached(livechat),
                Some(from) => or_else_serve(disconnect::next_left_behind(livechat, from), livechat),
            };
            surveys_and_kept().chain(next).collect()
        }
        Flow::Released { reason } => {
            let next = match (reason, operator) {
                (ReleaseReason::Closing, None) => release::next_at_closing(livechat),
                (ReleaseReason::Closing | ReleaseReason::LivechatClosed, Some(from)) => {
                    disconnect::next_left_behind(livechat, from)
                }
                (ReleaseReason::LivechatClosed, None) => release::next_at_shutting(livechat),
                (ReleaseReason::Unanswered, _) => None,
            };
            let next = or_else_serve(next, livechat);
            phrase(reason.phrase(), None).into_iter().chain(surveys_and_kept()).chain(next).collect()
        }
        Flow::PickedUp => {
            let shown = search_notice::shown_at_pick_up(livechat, id);
            let greets = livechat.conversation(id).is_some_and(pick_up::greets);
            let welcome = greets.then(|| phrase(Phrase::Welcome, None)).flatten();
            welcome.into_iter().chain(shown).collect()
        }
        Flow::Transferred { .. } => {
            phrase(Phrase::Transferred, None).into_iter().chain(serve_next(livechat)).collect()
        }
        Flow::AutoTransferred { from, cause, hidden } => {
            let notice = !hidden && livechat.conversation(id).is_some_and(|live| live.passes.told);
            let told = notice.then(|| phrase(Phrase::AutoTransferred, None)).flatten();
            let next = match cause {
                Cause::Inactive => serve_next(livechat),
                Cause::Disconnected => {
                    or_else_serve(auto_transfer::next_of_disconnected(livechat, from), livechat)
                }
            };
            told.into_iter().chain(next).collect()
        }
        Flow::ReturnedToQueue { from, position } => {
            let next = or_else_serve(disconnect::next_left_behind(livechat, from), livechat);
            phrase(Phrase::Queued, Some(*position)).into_iter().chain(next).collect()
        }
        Flow::Ended { reason } => {
            // Whoever goes on with the bot is not told that it is over.
            let farewell = match keep_open::after_end(livechat, at, id) {
                Some(_) => Some(Phrase::KeptOpen),
                None => farewell(*reason),
            };
            let farewell = farewell.and_then(|farewell| phrase(farewell, None));
            farewell.into_iter().chain(surveys_and_kept()).chain(serve_next(livechat)).collect()
        }
        Flow::AutoTransferFailed { .. } | Flow::KeptOpen { .. } | Flow::Closed => vec![],
    }
}

/// The oldest visitor who can be served now, out of the queue or from an inactive operator, given to the operator
/// whose turn it is; when there is none, those who have come forward in the queue are told.
fn serve_next(livechat: &Livechat) -> Vec<Fact> {
    let given = |(place, operator): (Place, &OperatorId)| {
        (
            place,
            Fact::conversation(
                place.conversation,
                Some(operator.clone()),
                ConversationFact::Flow(Flow::Assigned),
            ),
        )
    };
    let waits = livechat.roster.next_to_serve(&livechat.queue).map(given);
    let stranded = auto_transfer::next_stranded(livechat);
    match waits.into_iter().chain(stranded).min_by_key(|(place, _)| *place) {
        Some((_, fact)) => vec![fact],
        None => queue_progress::reached(livechat),
    }
}

/// `facts`, whose own consequences serve the queue; when there are none, serves it.
fn or_else_serve(facts: impl IntoIterator<Item = Fact>, livechat: &Livechat) -> Vec<Fact> {
    let facts: Vec<Fact> = facts.into_iter().collect();
    if facts.is_empty() { serve_next(livechat) } else { facts }
}

const fn refusal(reason: RefusalReason) -> Phrase {
    match reason {
        RefusalReason::NoOperator => Phrase::NoOperator,
        RefusalReason::QueueFull => Phrase::QueueFull,
        RefusalReason::QueueClosed => Phrase::QueueClosed,
        RefusalReason::OutsideHours => Phrase::OutsideHours,
        RefusalReason::LivechatClosed => Phrase::LivechatClosed,
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
pub fn apply_with_reactions(livechat: &mut Livechat, events: Vec<Event>) -> Vec<Event> {
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
