//! Answers: which conversations are live, where does each stand, and who owes the answer?

use chrono::{DateTime, Utc};
use domain::event::Cause;
use domain::event::Presence;
use domain::event::Request;
use domain::event::Target;
use domain::event::{Event, Voice};
use domain::personal::Personal;
use domain::{Attention, ConversationFact, Exchange, Fact, Flow, Notice, OperatorId, Visit};
use journal::Record;

use super::running_totals::RunningTotals;
use crate::assignments::Assignment;
use crate::contacts::Contact;
use crate::encoding;
use crate::projection::{ConversationKey, HistoryRows, Projection, Table};
use crate::requested_by::RequestedBy;

pub use super::conversation::{AssignedBy, FloorConversation, Owes, State};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct FloorConversations;

impl Projection for FloorConversations {
    type Row = FloorConversation;
    type Key = ConversationKey;

    const TABLE: Table = FloorConversation::TABLE;

    fn keys(event: &Record) -> impl IntoIterator<Item = ConversationKey> {
        ConversationKey::of(event)
    }

    fn fold(
        row: Option<Box<FloorConversation>>,
        key: &ConversationKey,
        event: &Record,
    ) -> Option<Box<FloorConversation>> {
        let Fact::Conversation { operator, fact, .. } = &event.event.fact else { return row };
        let mut row =
            if let ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request)) = fact {
                Box::new(FloorConversation::new(key, event, request))
            } else if fact.is_end() {
                return None;
            } else {
                row?
            };
        let operator_after = operator.as_ref().map(OperatorId::as_str);
        row.running_totals.count(&event.event, operator_after, row.picked_up_at, row.on_hold_since, fact);
        row.change(&event.event, operator.as_ref(), fact);
        row.position = encoding::position(event.position);
        Some(row)
    }

    /// The contact when it is over, and the assignment of an operator who no longer has it.
    fn emit(
        before: Option<&FloorConversation>,
        _key: &ConversationKey,
        event: &Record,
        history: &mut HistoryRows,
    ) {
        let Some(before) = before else { return };
        if let Some(contact) = Contact::from_event(before, event) {
            history.push(&contact);
        }
        if let Some(assignment) = Assignment::from_event(before, event) {
            history.push(&assignment);
        }
    }
}

fn known(value: Option<&Personal<String>>) -> Option<String> {
    value.map(|value| value.reveal().clone())
}

impl FloorConversation {
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
            operator: None,
            assigned_by: None,
            again: matches!(
                &event.event.fact,
                Fact::Conversation { fact: ConversationFact::Flow(Flow::RequestedAgain(_)), .. }
            ),
            requested_at: event.event.at,
            requested_position: encoding::position(event.position),
            assigned_at: None,
            picked_up_at: None,
            returned_to_queue_at: None,
            auto_transfer_failed_at: None,
            important: false,
            help_called_at: None,
            help_taken_by: None,
            searching: false,
            on_hold_since: None,
            presence: encoding::word(&Presence::default()),
            page_url: known(request.card.page_url.as_ref()),
            page_title: known(request.card.page_title.as_ref()),
            last_activity_at: event.event.at,
            owes_answer: Owes::Operator,
            owed_since: Some(event.event.at),
            messages: 0,
            running_totals: RunningTotals {
                skill_asked: request.skill.as_ref().map(ToString::to_string),
                ..RunningTotals::default()
            },
            position: 0,
        }
    }

    fn change(&mut self, event: &Event, operator: Option<&OperatorId>, fact: &ConversationFact) {
        match fact {
            ConversationFact::Flow(fact) => self.moved(event.at, operator, fact),
            ConversationFact::Exchange(fact) => self.exchanged(event.at, fact),
            ConversationFact::Visit(fact) => self.visited(fact),
            ConversationFact::Attention(fact) => self.marked(event, fact),
            ConversationFact::Notice(Notice::OperatorSearches { searching }) => self.searching = *searching,
            ConversationFact::Notice(_) | ConversationFact::Survey(_) => {}
        }
    }

    fn moved(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>, fact: &Flow) {
        match fact {
            Flow::Queued { .. } => self.state = State::Waiting,
            Flow::Assigned | Flow::AssignedByHand { .. } => self.assign(at, operator, AssignedBy::Assigned),
            Flow::PickedUp => {
                self.state = State::PickedUp;
                self.auto_transfer_failed_at = None;
                self.picked_up_at = Some(at);
                self.last_activity_at = at;
            }
            Flow::Transferred { target, .. } => {
                self.pass_on(at, operator, AssignedBy::Transferred);
                self.last_activity_at = at;
                if let Target::Skill(skill) = target {
                    self.skill = Some(skill.to_string());
                }
            }
            Flow::AutoTransferred { cause: Cause::Inactive, .. } => {
                self.pass_on(at, operator, AssignedBy::Inactive);
            }
            Flow::AutoTransferred { cause: Cause::Disconnected, .. } => {
                self.pass_on(at, operator, AssignedBy::Disconnected);
            }
            Flow::ReturnedToQueue { .. } => {
                self.pass_on(at, None, AssignedBy::Disconnected);
                self.state = State::Waiting;
                self.assigned_at = None;
                self.assigned_by = None;
                self.returned_to_queue_at = Some(at);
            }
            Flow::AutoTransferFailed { .. } => {
                self.auto_transfer_failed_at.get_or_insert(at);
            }
            Flow::Requested(_)
            | Flow::RequestedAgain(_)
            | Flow::Refused { .. }
            | Flow::Left
            | Flow::Released { .. }
            | Flow::QueueAdvanced { .. }
            | Flow::KeptOpen { .. }
            | Flow::Closed
            | Flow::Ended { .. } => {}
        }
    }

    fn exchanged(&mut self, at: DateTime<Utc>, fact: &Exchange) {
        match fact {
            Exchange::MessagePosted { voice, source, .. } => {
                self.messages += 1;
                self.say(at, if source.is_some() { Voice::Operator } else { *voice });
            }
            Exchange::InternalMessagePosted { .. } => self.last_activity_at = at,
            Exchange::FileRequested { .. } => self.say(at, Voice::Operator),
            Exchange::FileSent { voice, .. } => self.say(at, *voice),
            Exchange::OperatorTyped | Exchange::Typing { voice: Voice::Operator, .. } => {
                self.auto_transfer_failed_at = None;
            }
            Exchange::Typing { voice: Voice::Visitor | Voice::System, .. } | Exchange::CopyMailed { .. } => {}
        }
    }

    fn visited(&mut self, fact: &Visit) {
        match fact {
            Visit::VisitorPresence { presence } => self.presence = encoding::word(presence),
            Visit::PageChanged { page } => {
                self.page_url = known(Some(&page.url));
                self.page_title = known(page.title.as_ref());
            }
        }
    }

    fn marked(&mut self, event: &Event, fact: &Attention) {
        match fact {
            Attention::ImportanceMarked { important } => self.important = *important,
            Attention::HelpCalled { .. } => {
                self.help_called_at = Some(event.at);
                self.help_taken_by = None;
            }
            Attention::HelpTaken => self.help_taken_by = Some(event.by.subject().to_owned()),
            Attention::HelpDone => {
                self.help_called_at = None;
                self.help_taken_by = None;
            }
            Attention::PutOnHold => self.on_hold_since = Some(event.at),
            Attention::TakenBack => self.on_hold_since = None,
        }
    }

    fn assign(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>, assigned_by: AssignedBy) {
        self.state = State::Assigned;
        self.assigned_by = Some(assigned_by);
        // The new operator looks for nothing yet.
        self.searching = false;
        self.on_hold_since = None;
        self.returned_to_queue_at = None;
        self.auto_transfer_failed_at = None;
        self.operator = operator.map(ToString::to_string);
        self.assigned_at = Some(at);
        self.picked_up_at = None;
    }

    /// The next operator has said nothing yet.
    fn pass_on(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>, assigned_by: AssignedBy) {
        self.assign(at, operator, assigned_by);
        if self.owes_answer == Owes::Visitor {
            self.owes_answer = Owes::Nobody;
            self.owed_since = None;
        }
    }

    fn say(&mut self, at: DateTime<Utc>, voice: Voice) {
        self.owes_answer = match voice {
            Voice::Visitor => Owes::Operator,
            Voice::Operator => Owes::Visitor,
            Voice::System => return,
        };
        // A supervisor may write before the operator has picked up, who is still expected to.
        if voice == Voice::Operator && self.state == State::PickedUp {
            self.auto_transfer_failed_at = None;
        }
        self.owed_since = Some(at);
        self.last_activity_at = at;
    }
}
