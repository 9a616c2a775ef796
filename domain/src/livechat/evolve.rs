//! What is the state after this event? Exhaustive, and cannot fail: an event is a fact.

use super::{Livechat, change_settings, create};
use crate::Instant;
use crate::conversation::{Phase, inactivity, pick_up, request, transfer, write};
use crate::event::{ConversationFact, Event, Fact, LivechatFact, OperatorFact};
use crate::id::{ConversationId, OperatorId};
use crate::operator::register;

/// Applies one event.
pub fn evolve(livechat: &mut Livechat, event: &Event) {
    livechat.clock = livechat.clock.max(event.at);
    match &event.fact {
        Fact::Livechat(fact) => match fact {
            LivechatFact::Created { name, language } => create::evolve(livechat, name, *language),
            LivechatFact::SettingsChanged { section } => change_settings::evolve(livechat, section),
        },
        Fact::Operator { operator, fact } => evolve_operator(livechat, event.at, operator, fact),
        Fact::Conversation { conversation, operator, fact } => {
            evolve_conversation(livechat, event.at, *conversation, operator.as_ref(), fact);
        }
    }
}

fn evolve_operator(livechat: &mut Livechat, at: Instant, id: &OperatorId, fact: &OperatorFact) {
    match fact {
        OperatorFact::Registered { profile } => register::evolve(livechat, id, profile),
        OperatorFact::Connected => {
            livechat.change_operator(id, |operator| operator.connected_since = Some(at));
        }
        OperatorFact::Disconnected { .. } => {
            livechat.change_operator(id, |operator| operator.connected_since = None);
        }
        OperatorFact::StatusChanged { status } => {
            livechat.change_operator(id, |operator| operator.status = *status);
        }
    }
}

fn evolve_conversation(
    livechat: &mut Livechat,
    at: Instant,
    id: ConversationId,
    operator: Option<&OperatorId>,
    fact: &ConversationFact,
) {
    match fact {
        ConversationFact::Requested(request) => request::evolve(livechat, at, id, request),
        ConversationFact::Queued { .. } => {
            livechat.change_conversation(id, |conversation, _| conversation.phase = Phase::Waiting);
        }
        ConversationFact::Assigned => assign(livechat, at, id, operator),
        ConversationFact::PickedUp => pick_up::evolve(livechat, id),
        ConversationFact::MessagePosted { number, voice, .. } => {
            livechat.over.said(id, *number);
            write::evolve(livechat, at, id, *number, *voice);
        }
        ConversationFact::Transferred { from, target, .. } => {
            if let Some(to) = operator {
                transfer::evolve(livechat, at, id, from, to, target);
            }
        }
        ConversationFact::TimeoutAnnounced { .. } => {
            livechat.change_conversation(id, |conversation, _| inactivity::reminded(conversation));
        }
        ConversationFact::Refused { .. } | ConversationFact::Left | ConversationFact::Ended { .. } => {
            livechat.close(id);
        }
    }
}

fn assign(livechat: &mut Livechat, at: Instant, id: ConversationId, operator: Option<&OperatorId>) {
    let Some(operator) = operator else { return };
    livechat.change_operator(operator, |operator| {
        operator.conversations.insert(id);
        operator.last_assigned_at = Some(at);
    });
    livechat.change_conversation(id, |conversation, _| {
        conversation.phase = Phase::Assigned { operator: operator.clone(), picked_up: false };
    });
}
