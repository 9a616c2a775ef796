//! The history of a conversation: one row forever, from the request until after the end. A conversation that was kept
//! open and asked for again is one row with several segments: counts are of all of them, the times
//! `assigned_at` and `picked_up_at` and the wait of the first, state, reason and end of the last.

use chrono::{DateTime, Utc};
use domain::event::Cause;
use domain::event::Request;
use domain::event::Target;
use domain::event::Voice;
use domain::{Attention, ConversationFact, Exchange, Fact, Flow, OperatorId};
use journal::Record;

use super::conversation::{Conversation, State};
use crate::audit;
use crate::contacts::{Outcome, outcome};
use crate::encoding;
use crate::floor::responses::millis;
use crate::projection::{ConversationKey, HistoryRows, Projection, Table};
use crate::requested_by::RequestedBy;

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct Conversations;

impl Projection for Conversations {
    type Row = Conversation;
    type Key = ConversationKey;

    const TABLE: Table = Conversation::TABLE;

    fn keys(event: &Record) -> impl IntoIterator<Item = ConversationKey> {
        ConversationKey::of(event)
    }

    fn creates(event: &Record) -> bool {
        matches!(
            &event.event.fact,
            Fact::Conversation { fact: ConversationFact::Flow(Flow::Requested(_)), .. }
        )
    }

    fn fold(
        row: Option<Box<Conversation>>,
        key: &ConversationKey,
        event: &Record,
    ) -> Option<Box<Conversation>> {
        let Fact::Conversation { operator, fact, .. } = &event.event.fact else { return row };
        let mut row = if let ConversationFact::Flow(Flow::Requested(request)) = fact {
            Box::new(Conversation::new(key, event, request))
        } else {
            row?
        };
        let was_picked_up = row.state == State::PickedUp;
        row.change(event.event.at, operator.as_ref(), fact);
        if let Some((Outcome::Left, reason)) = outcome(&event.event.by, fact, was_picked_up) {
            row.state = State::Left;
            row.reason = Some(reason);
        }
        row.position = encoding::position(event.position);
        Some(row)
    }

    fn emit(before: Option<&Conversation>, key: &ConversationKey, event: &Record, history: &mut HistoryRows) {
        let after = || Self::fold(before.cloned().map(Box::new), key, event).map(|row| *row);
        history.push(&audit::of_conversation(before, event, after));
    }
}

impl Conversation {
    fn new(key: &ConversationKey, event: &Record, request: &Request) -> Self {
        Self {
            livechat: key.livechat.to_string(),
            conversation: key.conversation.to_string(),
            visitor: request.visitor.id.to_string(),
            visitor_name: request.visitor.name.as_ref().map(|name| name.reveal().to_string()),
            requested_by: RequestedBy::author(&event.event.by),
            language: encoding::word(&request.language),
            skill: request.skill.as_ref().map(ToString::to_string),
            skill_name: None,
            state: State::Requested,
            reason: None,
            operator: None,
            transfers: 0,
            transfers_manual: 0,
            transfers_inactive: 0,
            transfers_disconnected: 0,
            returns_to_queue: 0,
            important: false,
            help_calls: 0,
            files_visitor: 0,
            files_operator: 0,
            segments: 1,
            requested_at: event.event.at,
            requested_position: encoding::position(event.position),
            last_requested_at: event.event.at,
            assigned_at: None,
            picked_up_at: None,
            ended_at: None,
            kept_open_until: None,
            wait_ms: None,
            messages_visitor: 0,
            messages_operator: 0,
            messages_system: 0,
            position: 0,
        }
    }

    fn change(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>, fact: &ConversationFact) {
        match fact {
            ConversationFact::Flow(fact) => self.moved(at, operator, fact),
            ConversationFact::Exchange(fact) => self.exchanged(fact),
            ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
                self.important = *important;
            }
            ConversationFact::Attention(Attention::HelpCalled { .. }) => self.help_calls += 1,
            ConversationFact::Attention(_)
            | ConversationFact::Notice(_)
            | ConversationFact::Visit(_)
            | ConversationFact::Survey(_) => {}
        }
    }

    fn moved(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>, fact: &Flow) {
        match fact {
            Flow::RequestedAgain(request) => {
                self.state = State::Requested;
                self.reason = None;
                self.skill = request.skill.as_ref().map(ToString::to_string);
                self.segments += 1;
                self.last_requested_at = at;
                self.important = false;
                self.ended_at = None;
                self.kept_open_until = None;
            }
            Flow::Queued { .. } => self.state = State::Waiting,
            Flow::ReturnedToQueue { .. } => {
                self.state = State::Waiting;
                self.returns_to_queue += 1;
            }
            Flow::Assigned | Flow::AssignedByHand { .. } => self.assign(at, operator),
            Flow::Transferred { target, .. } => {
                self.transfers += 1;
                self.transfers_manual += 1;
                if let Target::Skill(skill) = target {
                    self.skill = Some(skill.to_string());
                }
                self.assign(at, operator);
            }
            Flow::AutoTransferred { cause, .. } => {
                self.transfers += 1;
                match cause {
                    Cause::Inactive => self.transfers_inactive += 1,
                    Cause::Disconnected => self.transfers_disconnected += 1,
                }
                self.assign(at, operator);
            }
            Flow::PickedUp => {
                self.state = State::PickedUp;
                self.picked_up_at = self.picked_up_at.or(Some(at));
                self.stop_waiting(at);
            }
            Flow::Refused { reason } => self.end(at, State::Refused, Some(encoding::word(reason))),
            Flow::Left => self.end(at, State::Left, None),
            Flow::Released { reason } => self.end(at, State::Released, Some(encoding::word(reason))),
            Flow::Ended { reason } => self.end(at, State::Ended, Some(encoding::word(reason))),
            Flow::KeptOpen { until } => {
                self.state = State::KeptOpen;
                self.kept_open_until = Some(*until);
            }
            Flow::Closed => {
                self.state = State::Ended;
                self.kept_open_until = None;
            }
            Flow::Requested(_) | Flow::QueueAdvanced { .. } | Flow::AutoTransferFailed { .. } => {}
        }
    }

    const fn exchanged(&mut self, fact: &Exchange) {
        match fact {
            Exchange::MessagePosted { voice, .. } => match voice {
                Voice::Visitor => self.messages_visitor += 1,
                Voice::Operator => self.messages_operator += 1,
                Voice::System => self.messages_system += 1,
            },
            Exchange::FileSent { voice, .. } => match voice {
                Voice::Visitor => self.files_visitor += 1,
                Voice::Operator | Voice::System => self.files_operator += 1,
            },
            Exchange::InternalMessagePosted { .. }
            | Exchange::OperatorTyped
            | Exchange::Typing { .. }
            | Exchange::FileRequested { .. }
            | Exchange::CopyMailed { .. } => {}
        }
    }

    fn assign(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>) {
        self.state = State::Assigned;
        self.operator = operator.map(ToString::to_string);
        self.assigned_at = self.assigned_at.or(Some(at));
    }

    fn end(&mut self, at: DateTime<Utc>, state: State, reason: Option<String>) {
        self.state = state;
        self.reason = reason;
        self.ended_at = Some(at);
        self.stop_waiting(at);
    }

    fn stop_waiting(&mut self, at: DateTime<Utc>) {
        self.wait_ms = self.wait_ms.or(Some(millis(self.requested_at, at)));
    }
}
