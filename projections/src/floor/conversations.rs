//! Answers: which conversations are live, where does each stand, and who owes the answer?

use chrono::{DateTime, Utc};
use domain::event::Cause;
use domain::event::Presence;
use domain::event::Request;
use domain::event::Target;
use domain::event::{Event, Voice};
use domain::personal::Personal;
use domain::{Attention, ConversationFact, Exchange, Fact, Flow, Notice, OperatorId, SurveyStep, Visit};
use journal::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::running_totals::RunningTotals;
use super::shares;
use crate::assignments::Assignment;
use crate::contacts::Contact;
use crate::encoding;
use crate::projection::{Column, ConversationKey, HistoryRows, Projection, Table};
use crate::told_by::ToldBy;

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct FloorConversations;

/// Where a live conversation stands (spec.md §The life of a conversation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FloorConversationState)]
pub enum State {
    /// Asked for; the answer of the rules follows at once.
    Requested,
    /// In the queue.
    Waiting,
    /// On an operator's desk, flashing.
    Assigned,
    /// In an operator's charge.
    PickedUp,
}

/// Whose turn it is to speak. The system's phrases are nobody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owes {
    /// The operator: the last word is the visitor's, or nobody has answered the request.
    Operator,
    /// The visitor: the last word is the operator's.
    Visitor,
    /// Nobody: the last word is that of an operator who has passed the conversation on, and the new
    /// one has said nothing yet. The visitor's inactivity does not run either then.
    Nobody,
}

/// How a conversation came to the operator in charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AssignedBy)]
pub enum AssignedBy {
    /// At the request, or from the queue.
    Assigned,
    /// Somebody passed it on.
    Transferred,
    /// The operator before did not pick up or answer in time.
    Inactive,
    /// The operator before was disconnected.
    Disconnected,
}

/// One live conversation; the row goes away when it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FloorConversation {
    /// In which livechat.
    pub livechat: String,
    /// The conversation's identifier, a UUID.
    pub conversation: String,
    /// The visitor's identifier.
    pub visitor: String,
    /// The visitor's name, if known.
    pub visitor_name: Option<String>,
    /// Who said so: `visitor` is a claim that nobody has checked.
    pub told_by: ToldBy,
    /// The visitor's language: `fr` or `en`.
    pub language: String,
    /// The skill asked for, by the request or by the last transfer to a skill.
    pub skill: Option<String>,
    /// What the skill is called, in the language of the reader; it is not kept with the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill_name: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Who is in charge.
    pub operator: Option<String>,
    /// How it came to the operator in charge; absent when nobody is.
    pub assigned_by: Option<AssignedBy>,
    /// Asked for again after it was kept open.
    pub again: bool,
    /// When it was requested, or asked for again.
    #[serde(with = "encoding::millis")]
    pub requested_at: DateTime<Utc>,
    /// The position of the request in the log: the order among requests at the same time.
    pub requested_position: i64,
    /// When the operator in charge was given it.
    #[serde(with = "encoding::millis_option")]
    pub assigned_at: Option<DateTime<Utc>>,
    /// When the operator in charge picked it up.
    #[serde(with = "encoding::millis_option")]
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When it came back to the queue, if it waits because its operator was disconnected.
    #[serde(with = "encoding::millis_option")]
    pub returned_to_queue_at: Option<DateTime<Utc>>,
    /// Since when its operator is inactive and nobody else has room for it.
    #[serde(with = "encoding::millis_option")]
    pub auto_transfer_failed_at: Option<DateTime<Utc>>,
    /// Marked as important.
    pub important: bool,
    /// Since when the operator asks the manager for help, if that is not settled.
    #[serde(with = "encoding::millis_option")]
    pub help_called_at: Option<DateTime<Utc>>,
    /// The supervisor who takes care of it.
    pub help_taken_by: Option<String>,
    /// The visitor is shown that the operator is looking for information.
    pub searching: bool,
    /// Where the visitor is: `here`, `away` (not looking for 3 minutes), `left_site`.
    pub presence: String,
    /// The address of the page that the visitor is on, if known.
    pub page_url: Option<String>,
    /// Its title, if known.
    pub page_title: Option<String>,
    /// When somebody last did something in it: request, pick-up, transfer, message, file, a question for
    /// one. What Pupitre does or says by itself does not count.
    #[serde(with = "encoding::millis")]
    pub last_activity_at: DateTime<Utc>,
    /// Whose turn it is to speak.
    pub owes_answer: Owes,
    /// Since when: the request, or the last message or file of the other side.
    #[serde(with = "encoding::millis_option")]
    pub owed_since: Option<DateTime<Utc>>,
    /// Messages since it was requested, or asked for again, in every voice.
    pub messages: i64,
    /// What the figures will say of it.
    pub running_totals: RunningTotals,
    /// The position in the log of the last event that concerned this row.
    pub position: i64,
}

impl Projection for FloorConversations {
    type Row = FloorConversation;
    type Key = ConversationKey;

    const TABLE: Table = Table {
        name: "floor_conversations",
        key: &["livechat", "conversation"],
        columns: &[
            Column::text("livechat"),
            Column::text("conversation"),
            Column::text("visitor"),
            Column::text("visitor_name"),
            Column::text("told_by"),
            Column::text("language"),
            Column::text("skill"),
            Column::text("state"),
            Column::text("operator"),
            Column::text("assigned_by"),
            Column::flag("again"),
            Column::time("requested_at"),
            Column::integer("requested_position"),
            Column::time("assigned_at"),
            Column::time("picked_up_at"),
            Column::time("returned_to_queue_at"),
            Column::time("auto_transfer_failed_at"),
            Column::flag("important"),
            Column::time("help_called_at"),
            Column::text("help_taken_by"),
            Column::flag("searching"),
            Column::text("presence"),
            Column::text("page_url"),
            Column::text("page_title"),
            Column::time("last_activity_at"),
            Column::text("owes_answer"),
            Column::time("owed_since"),
            Column::integer("messages"),
            Column::json("running_totals"),
            Column::integer("position"),
        ],
    };

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
        row.running_totals.count(&event.event, operator_after, row.picked_up_at, fact);
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
    /// What each operator has done in it by `now`.
    pub(crate) fn shares(&self, now: DateTime<Utc>) -> shares::Shares {
        shares::until(&self.running_totals.operators, self.operator.as_deref(), self.picked_up_at, now)
    }

    fn new(key: &ConversationKey, event: &Record, request: &Request) -> Self {
        Self {
            livechat: key.livechat.to_string(),
            conversation: key.conversation.to_string(),
            visitor: request.visitor.id.to_string(),
            visitor_name: request.visitor.name.as_ref().map(|name| name.reveal().to_string()),
            told_by: ToldBy::author(&event.event.by),
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
        let at = event.at;
        match fact {
            ConversationFact::Flow(Flow::Queued { .. }) => self.state = State::Waiting,
            ConversationFact::Flow(Flow::Assigned | Flow::AssignedByHand { .. }) => {
                self.assign(at, operator, AssignedBy::Assigned);
            }
            ConversationFact::Flow(Flow::PickedUp) => {
                self.state = State::PickedUp;
                self.auto_transfer_failed_at = None;
                self.picked_up_at = Some(at);
                self.last_activity_at = at;
            }
            ConversationFact::Exchange(Exchange::MessagePosted { voice, source, .. }) => {
                self.messages += 1;
                self.say(at, if source.is_some() { Voice::Operator } else { *voice });
            }
            ConversationFact::Exchange(Exchange::FileRequested { .. }) => self.say(at, Voice::Operator),
            ConversationFact::Exchange(Exchange::FileSent { voice, .. }) => self.say(at, *voice),
            ConversationFact::Flow(Flow::Transferred { target, .. }) => {
                self.pass_on(at, operator, AssignedBy::Transferred);
                self.last_activity_at = at;
                if let Target::Skill(skill) = target {
                    self.skill = Some(skill.to_string());
                }
            }
            ConversationFact::Flow(Flow::AutoTransferred { cause: Cause::Inactive, .. }) => {
                self.pass_on(at, operator, AssignedBy::Inactive);
            }
            ConversationFact::Flow(Flow::AutoTransferred { cause: Cause::Disconnected, .. }) => {
                self.pass_on(at, operator, AssignedBy::Disconnected);
            }
            ConversationFact::Flow(Flow::ReturnedToQueue { .. }) => {
                self.pass_on(at, None, AssignedBy::Disconnected);
                self.state = State::Waiting;
                self.assigned_at = None;
                self.assigned_by = None;
                self.returned_to_queue_at = Some(at);
            }
            ConversationFact::Flow(Flow::AutoTransferFailed { .. }) => {
                self.auto_transfer_failed_at.get_or_insert(at);
            }
            ConversationFact::Exchange(
                Exchange::OperatorTyped | Exchange::Typing { voice: Voice::Operator, .. },
            ) => {
                self.auto_transfer_failed_at = None;
            }
            ConversationFact::Notice(Notice::OperatorSearches { searching }) => self.searching = *searching,
            ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
                self.presence = encoding::word(presence);
            }
            ConversationFact::Visit(Visit::PageChanged { page }) => {
                self.page_url = known(Some(&page.url));
                self.page_title = known(page.title.as_ref());
            }
            ConversationFact::Exchange(Exchange::InternalMessagePosted { .. }) => self.last_activity_at = at,
            ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
                self.important = *important;
            }
            ConversationFact::Attention(Attention::HelpCalled { .. }) => {
                self.help_called_at = Some(at);
                self.help_taken_by = None;
            }
            ConversationFact::Attention(Attention::HelpTaken) => {
                self.help_taken_by = Some(event.by.subject().to_owned());
            }
            ConversationFact::Attention(Attention::HelpDone) => {
                self.help_called_at = None;
                self.help_taken_by = None;
            }
            ConversationFact::Flow(
                Flow::Requested(_)
                | Flow::RequestedAgain(_)
                | Flow::Refused { .. }
                | Flow::Left
                | Flow::Released { .. }
                | Flow::QueueAdvanced { .. }
                | Flow::KeptOpen { .. }
                | Flow::Closed
                | Flow::Ended { .. },
            )
            | ConversationFact::Exchange(
                Exchange::Typing { voice: Voice::Visitor | Voice::System, .. } | Exchange::CopyMailed { .. },
            )
            | ConversationFact::Notice(
                Notice::TimeoutAnnounced { .. } | Notice::FollowedUp | Notice::SearchNoticed { .. },
            )
            | ConversationFact::Survey(
                SurveyStep::Asked { .. }
                | SurveyStep::Opened { .. }
                | SurveyStep::Cancelled { .. }
                | SurveyStep::Answered { .. }
                | SurveyStep::Closed { .. },
            ) => {}
        }
    }

    fn assign(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>, assigned_by: AssignedBy) {
        self.state = State::Assigned;
        self.assigned_by = Some(assigned_by);
        // The new operator looks for nothing yet.
        self.searching = false;
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
