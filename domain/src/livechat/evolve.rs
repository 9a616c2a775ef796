//! What is the state after this event? Exhaustive, and cannot fail: an event is a fact.

use super::{change_settings, clock, create, rename, service_hours};
use crate::Timestamp;
use crate::actor::Actor;
use crate::conversation::{
    auto_transfer, call_manager, file, follow_up, inactivity, pick_up, request, request_again, search_notice,
    timer_rules, transfer, typing, write,
};
use crate::event::{
    Attention, ConversationFact, Event, Exchange, Fact, Flow, LivechatFact, Notice, OperatorFact, SurveyStep,
    Visit,
};
use crate::id::{ConversationId, OperatorId};
use crate::operator::{change_status, register, remove, shift, suspend};
use crate::state::Livechat;
use crate::state::Phase;
use crate::survey;

/// Applies one event.
pub fn evolve(livechat: &mut Livechat, event: &Event) {
    livechat.clock = if event.sets_back() { event.at } else { livechat.clock.max(event.at) };
    match &event.fact {
        Fact::Livechat(fact) => evolve_livechat(livechat, event.at, fact),
        Fact::Operator { operator, fact } => evolve_operator(livechat, event.at, operator, fact),
        Fact::Conversation { conversation, operator, fact } => {
            let about = About { at: event.at, by: &event.by, id: *conversation, operator: operator.as_ref() };
            evolve_conversation(livechat, &about, fact);
        }
    }
}

fn evolve_livechat(livechat: &mut Livechat, at: Timestamp, fact: &LivechatFact) {
    match fact {
        LivechatFact::Created { name, language } => create::evolve(livechat, name, *language),
        LivechatFact::Accessed { .. } | LivechatFact::TokenIssued { .. } => {}
        LivechatFact::SettingsChanged { section } => change_settings::evolve(livechat, at, section),
        LivechatFact::Opened { skill } => service_hours::evolve(livechat, at, skill.as_ref(), true),
        LivechatFact::Closed { skill } => service_hours::evolve(livechat, at, skill.as_ref(), false),
        LivechatFact::IdentityChanged { name, language } => rename::evolve(livechat, name, *language),
        LivechatFact::Shut => livechat.shut = true,
        LivechatFact::Reopened => livechat.shut = false,
        LivechatFact::ClockSetBack { from, to } => clock::set_back(livechat, *from, *to),
        LivechatFact::Interrupted { since, until } => clock::stood_still(livechat, *until - *since),
    }
}

fn evolve_operator(livechat: &mut Livechat, at: Timestamp, id: &OperatorId, fact: &OperatorFact) {
    match fact {
        OperatorFact::Registered { profile } => register::evolve(livechat, at, id, profile),
        OperatorFact::Connected => {
            livechat.change_operator(id, |operator| {
                operator.connected_since = Some(at);
                operator.lost_until = None;
            });
            search_notice::operator_changed(livechat, at, id);
        }
        OperatorFact::ConnectionLost { until } => {
            livechat.change_operator(id, |operator| operator.lost_until = Some(*until));
        }
        OperatorFact::Reconnected => {
            livechat.change_operator(id, |operator| operator.lost_until = None);
        }
        OperatorFact::Disconnected { .. } => {
            livechat.change_operator(id, |operator| {
                operator.connected_since = None;
                operator.lost_until = None;
            });
            search_notice::operator_changed(livechat, at, id);
        }
        OperatorFact::StatusChanged { status } => change_status::evolve(livechat, at, id, *status),
        OperatorFact::ShiftStarted => shift::evolve(livechat, at, id, true),
        OperatorFact::ShiftEnded => shift::evolve(livechat, at, id, false),
        OperatorFact::Suspended => suspend::suspended(livechat, id),
        OperatorFact::Reinstated => suspend::reinstated(livechat, id),
        OperatorFact::Removed => remove::evolve(livechat, id),
    }
}

/// What a conversation's event says besides its fact.
struct About<'a> {
    at: Timestamp,
    by: &'a Actor,
    id: ConversationId,
    operator: Option<&'a OperatorId>,
}

fn evolve_conversation(livechat: &mut Livechat, about: &About<'_>, fact: &ConversationFact) {
    let About { at, by, id, operator } = *about;
    match fact {
        ConversationFact::Flow(Flow::Requested(request)) => request::evolve(livechat, at, id, request),
        ConversationFact::Flow(Flow::RequestedAgain(request)) => {
            request_again::evolve(livechat, at, id, request);
        }
        ConversationFact::Flow(Flow::Queued { position }) => {
            livechat.change_conversation(id, |conversation, _| {
                conversation.phase = Phase::Waiting;
                conversation.announced_position = Some(*position);
            });
        }
        ConversationFact::Flow(Flow::QueueAdvanced { position }) => {
            livechat.change_conversation(id, |conversation, _| {
                conversation.announced_position = Some(*position);
            });
        }
        ConversationFact::Flow(Flow::Assigned | Flow::AssignedByHand { .. }) => {
            if let Some(operator) = operator {
                livechat.put_on_desk(at, id, operator);
                livechat.change_conversation(id, |conversation, settings| {
                    timer_rules::assigned(conversation, &settings.timeouts, at);
                });
            }
        }
        ConversationFact::Flow(Flow::PickedUp) => pick_up::evolve(livechat, at, id),
        ConversationFact::Exchange(Exchange::MessagePosted { number, voice, source, phrase, .. }) => {
            livechat.recently_ended.said(id, *number);
            if let Some(phrase) = *phrase {
                livechat.change_conversation(id, |conversation, _| pick_up::introduced(conversation, phrase));
            }
            let speaker = write::speaker(*voice, source.as_ref());
            write::evolve(livechat, at, id, *number, speaker);
        }
        ConversationFact::Exchange(Exchange::OperatorTyped) => {
            livechat.change_conversation(id, |conversation, settings| {
                timer_rules::operator_typed(conversation, &settings.timeouts, at);
            });
        }
        ConversationFact::Exchange(Exchange::Typing { voice, until }) => {
            typing::evolve(livechat, at, id, *voice, *until);
        }
        ConversationFact::Flow(Flow::Transferred { from, target, .. }) => {
            if let Some(to) = operator {
                transfer::evolve(livechat, at, id, from, to, target);
            }
        }
        ConversationFact::Flow(Flow::AutoTransferred { from, cause, hidden }) => {
            if let Some(to) = operator {
                auto_transfer::evolve(livechat, at, id, from, to, (*cause, *hidden));
            }
        }
        ConversationFact::Flow(Flow::AutoTransferFailed { again_at }) => {
            livechat.change_conversation(id, |conversation, _| {
                auto_transfer::stayed(conversation, at, *again_at);
            });
        }
        ConversationFact::Flow(Flow::ReturnedToQueue { from, position }) => {
            auto_transfer::returned(livechat, id, from, *position);
        }
        ConversationFact::Notice(Notice::FollowedUp) => {
            livechat.change_conversation(id, |conversation, _| follow_up::evolve(conversation));
        }
        ConversationFact::Notice(Notice::SearchNoticed { again_at }) => {
            livechat.change_conversation(id, |conversation, settings| {
                search_notice::evolve(conversation, &settings.timeouts, at, *again_at);
            });
        }
        ConversationFact::Notice(Notice::OperatorSearches { searching }) => {
            livechat.change_conversation(id, |conversation, _| conversation.searching = *searching);
        }
        ConversationFact::Notice(Notice::TimeoutAnnounced { .. }) => {
            livechat.change_conversation(id, |conversation, _| inactivity::reminded(conversation));
        }
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            livechat.change_conversation(id, |conversation, _| conversation.important = *important);
            livechat.recently_ended.mark(id, *important);
        }
        ConversationFact::Attention(Attention::HelpCalled { note }) => {
            call_manager::called(livechat, at, id, note.as_ref());
        }
        ConversationFact::Attention(Attention::HelpTaken) => call_manager::taken(livechat, id, by),
        ConversationFact::Attention(Attention::HelpDone) => call_manager::settled(livechat, id),
        ConversationFact::Exchange(Exchange::FileRequested { note }) => {
            file::asked(livechat, at, id, note.as_ref());
        }
        ConversationFact::Exchange(Exchange::FileSent { voice, .. }) => file::sent(livechat, at, id, *voice),
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            livechat.change_conversation(id, |conversation, _| conversation.presence = *presence);
        }
        ConversationFact::Visit(Visit::PageChanged { .. }) => {
            livechat.change_conversation(id, |conversation, _| conversation.pages += 1);
        }
        ConversationFact::Exchange(Exchange::CopyMailed { .. } | Exchange::InternalMessagePosted { .. }) => {}
        ConversationFact::Survey(
            SurveyStep::Asked { audience, segment, .. }
            | SurveyStep::Opened { audience, segment }
            | SurveyStep::Cancelled { audience, segment }
            | SurveyStep::Answered { audience, segment, .. }
            | SurveyStep::Closed { audience, segment, .. },
        ) => {
            survey::evolve(livechat, at, (id, *segment, *audience), operator, fact);
        }
        ConversationFact::Flow(
            Flow::Refused { .. } | Flow::Left | Flow::Released { .. } | Flow::Ended { .. },
        ) => close(livechat, at, id),
        ConversationFact::Flow(Flow::KeptOpen { until }) => livechat.keep(id, *until),
        ConversationFact::Flow(Flow::Closed) => {
            livechat.no_longer_kept(id);
        }
    }
}

/// The conversation, or its segment, is over.
fn close(livechat: &mut Livechat, at: Timestamp, id: ConversationId) {
    if let Some(conversation) = livechat.conversation(id)
        && let Some(assigned_at) = conversation.assigned_at.filter(|_| conversation.is_answered())
    {
        livechat.service_times.push(at - assigned_at);
    }
    survey::ask::conversation_ended(livechat, at, id);
    livechat.close(id);
}
