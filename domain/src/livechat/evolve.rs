//! What is the state after this event? Exhaustive, and cannot fail: an event is a fact.

use super::{change_settings, clock, create, opening_hours, rename};
use crate::Timestamp;
use crate::conversation::{self, About, search_notice};
use crate::event::{Event, Fact, LivechatFact, OperatorFact};
use crate::id::OperatorId;
use crate::operator::{change_status, register, remove, shift, suspend};
use crate::state::Livechat;

/// Applies one event.
pub fn evolve(livechat: &mut Livechat, event: &Event) {
    livechat.clock = if event.sets_back() { event.at } else { livechat.clock.max(event.at) };
    match &event.fact {
        Fact::Livechat(fact) => evolve_livechat(livechat, event.at, fact),
        Fact::Operator { operator, fact } => evolve_operator(livechat, event.at, operator, fact),
        Fact::Conversation { conversation, operator, fact } => {
            let about = About { at: event.at, by: &event.by, id: *conversation, operator: operator.as_ref() };
            conversation::evolve(livechat, about, fact);
        }
    }
}

fn evolve_livechat(livechat: &mut Livechat, at: Timestamp, fact: &LivechatFact) {
    match fact {
        LivechatFact::Created { name, language } => create::evolve(livechat, name, *language),
        LivechatFact::Accessed { .. }
        | LivechatFact::TokenIssued { .. }
        | LivechatFact::ApiKeyChanged { .. } => {}
        LivechatFact::SettingsChanged { section, .. } => change_settings::evolve(livechat, at, section),
        LivechatFact::Opened { skill } => opening_hours::evolve(livechat, at, skill.as_ref(), true),
        LivechatFact::Closed { skill } => opening_hours::evolve(livechat, at, skill.as_ref(), false),
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
