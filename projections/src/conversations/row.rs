//! How a conversation went: one row forever, from the request to after the end. A conversation that was kept
//! open and asked for again is one row with several segments: counts are of all of them, the times
//! `assigned_at` and `picked_up_at` and the wait of the first, state, reason and end of the last.

use chrono::{DateTime, Utc};
use domain::event::Cause;
use domain::event::Request;
use domain::event::Target;
use domain::event::Voice;
use domain::{Attention, ConversationFact, Exchange, Fact, Flow, Notice, OperatorId, SurveyStep, Visit};
use journal::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit;
use crate::contacts::{Outcome, outcome};
use crate::encoding;
use crate::floor::responses::millis;
use crate::projection::{Column, ConversationKey, HistoryRows, Projection, Table};
use crate::told_by::ToldBy;

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct Conversations;

/// Where a conversation stands (spec.md §The life of a conversation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationState)]
pub enum State {
    /// Asked for; the answer of the rules follows at once.
    Requested,
    /// In the queue.
    Waiting,
    /// On an operator's desk.
    Assigned,
    /// In an operator's charge.
    PickedUp,
    /// Over: nobody would answer.
    Refused,
    /// Over: the visitor gave up waiting.
    Left,
    /// Over: nobody answered, and nobody would.
    Released,
    /// Over, and closed if it was kept open.
    Ended,
    /// The livechat is over; the conversation is kept open, so that the visitor may ask again.
    KeptOpen,
}

impl State {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Waiting,
        Self::Assigned,
        Self::PickedUp,
        Self::Refused,
        Self::Left,
        Self::Released,
        Self::Ended,
        Self::KeptOpen,
    ];

    /// Is a conversation that stands here over?
    pub const fn is_over(self) -> bool {
        match self {
            Self::Requested | Self::Waiting | Self::Assigned | Self::PickedUp => false,
            Self::Refused | Self::Left | Self::Released | Self::Ended | Self::KeptOpen => true,
        }
    }
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Conversation {
    /// In which livechat.
    pub livechat: String,
    /// Its identifier, a UUID.
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
    /// Why the last segment was refused (`no_operator`, `queue_full`, …), released (`unanswered`, `closing`),
    /// left before an operator picked up (`gave_up`, or `left_site` without a word) or has ended (`visitor`,
    /// `operator`, `supervisor`, `timeout`).
    pub reason: Option<String>,
    /// Who is in charge, or last was.
    pub operator: Option<String>,
    /// How often it was passed on, in whichever way.
    pub transfers: i64,
    /// How often somebody passed it on.
    pub transfers_manual: i64,
    /// How often it was passed on because the operator was inactive.
    pub transfers_inactive: i64,
    /// How often it was passed on because the operator was disconnected.
    pub transfers_disconnected: i64,
    /// How often it came back to the queue because the operator was disconnected.
    pub returns_to_queue: i64,
    /// Marked as important, as last said.
    pub important: bool,
    /// Calls for help to the manager.
    pub help_calls: i64,
    /// Files sent by the visitor.
    pub files_visitor: i64,
    /// Files sent by the operator.
    pub files_operator: i64,
    /// How often it was requested: 1, and one more each time that the visitor asked again after it was
    /// kept open.
    pub segments: i64,
    /// When it was first requested.
    #[serde(with = "encoding::millis")]
    pub requested_at: DateTime<Utc>,
    /// The position of the request in the log: newest first is by this.
    pub requested_position: i64,
    /// When it was last requested: the same, unless the visitor asked again.
    #[serde(with = "encoding::millis")]
    pub last_requested_at: DateTime<Utc>,
    /// When an operator was first given it.
    #[serde(with = "encoding::millis_option")]
    pub assigned_at: Option<DateTime<Utc>>,
    /// When an operator first picked it up.
    #[serde(with = "encoding::millis_option")]
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When the last segment was over, in whichever way; absent while one is live.
    #[serde(with = "encoding::millis_option")]
    pub ended_at: Option<DateTime<Utc>>,
    /// Until when the visitor may ask again, while it is kept open.
    #[serde(with = "encoding::millis_option")]
    pub kept_open_until: Option<DateTime<Utc>>,
    /// Milliseconds from the first request to the first pick-up, or to the end of the first segment if there was
    /// none. Asking again does not change it.
    pub wait_ms: Option<i64>,
    /// Messages in the visitor's voice.
    pub messages_visitor: i64,
    /// Messages in the operator's voice.
    pub messages_operator: i64,
    /// Phrases of Pupitre itself.
    pub messages_system: i64,
    /// The position in the log of the last event about it.
    pub position: i64,
}

impl Projection for Conversations {
    type Row = Conversation;
    type Key = ConversationKey;

    const TABLE: Table = Table {
        name: "conversations",
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
            Column::text("reason"),
            Column::text("operator"),
            Column::integer("transfers"),
            Column::integer("transfers_manual"),
            Column::integer("transfers_inactive"),
            Column::integer("transfers_disconnected"),
            Column::integer("returns_to_queue"),
            Column::flag("important"),
            Column::integer("help_calls"),
            Column::integer("files_visitor"),
            Column::integer("files_operator"),
            Column::integer("segments"),
            Column::time("requested_at"),
            Column::integer("requested_position"),
            Column::time("last_requested_at"),
            Column::time("assigned_at"),
            Column::time("picked_up_at"),
            Column::time("ended_at"),
            Column::time("kept_open_until"),
            Column::integer("wait_ms"),
            Column::integer("messages_visitor"),
            Column::integer("messages_operator"),
            Column::integer("messages_system"),
            Column::integer("position"),
        ],
    };

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
            told_by: ToldBy::author(&event.event.by),
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
            ConversationFact::Flow(Flow::RequestedAgain(request)) => {
                self.state = State::Requested;
                self.reason = None;
                self.skill = request.skill.as_ref().map(ToString::to_string);
                self.segments += 1;
                self.last_requested_at = at;
                self.important = false;
                self.ended_at = None;
                self.kept_open_until = None;
            }
            ConversationFact::Flow(Flow::Queued { .. }) => self.state = State::Waiting,
            ConversationFact::Flow(Flow::ReturnedToQueue { .. }) => {
                self.state = State::Waiting;
                self.returns_to_queue += 1;
            }
            ConversationFact::Flow(Flow::AutoTransferred { cause, .. }) => {
                self.transfers += 1;
                match cause {
                    Cause::Inactive => self.transfers_inactive += 1,
                    Cause::Disconnected => self.transfers_disconnected += 1,
                }
                self.assign(at, operator);
            }
            ConversationFact::Flow(Flow::KeptOpen { until }) => {
                self.state = State::KeptOpen;
                self.kept_open_until = Some(*until);
            }
            ConversationFact::Flow(Flow::Closed) => {
                self.state = State::Ended;
                self.kept_open_until = None;
            }
            ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
                self.important = *important;
            }
            ConversationFact::Attention(Attention::HelpCalled { .. }) => self.help_calls += 1,
            ConversationFact::Exchange(Exchange::FileSent { voice, .. }) => match voice {
                Voice::Visitor => self.files_visitor += 1,
                Voice::Operator | Voice::System => self.files_operator += 1,
            },
            ConversationFact::Flow(
                Flow::Requested(_) | Flow::QueueAdvanced { .. } | Flow::AutoTransferFailed { .. },
            )
            | ConversationFact::Notice(
                Notice::TimeoutAnnounced { .. }
                | Notice::OperatorSearches { .. }
                | Notice::FollowedUp
                | Notice::SearchNoticed { .. },
            )
            | ConversationFact::Exchange(
                Exchange::OperatorTyped
                | Exchange::Typing { .. }
                | Exchange::InternalMessagePosted { .. }
                | Exchange::FileRequested { .. }
                | Exchange::CopyMailed { .. },
            )
            | ConversationFact::Visit(Visit::VisitorPresence { .. } | Visit::PageChanged { .. })
            | ConversationFact::Attention(Attention::HelpTaken | Attention::HelpDone)
            | ConversationFact::Survey(
                SurveyStep::Asked { .. }
                | SurveyStep::Opened { .. }
                | SurveyStep::Cancelled { .. }
                | SurveyStep::Answered { .. }
                | SurveyStep::Closed { .. },
            ) => {}
            ConversationFact::Flow(Flow::Assigned | Flow::AssignedByHand { .. }) => {
                self.assign(at, operator);
            }
            ConversationFact::Flow(Flow::Transferred { target, .. }) => {
                self.transfers += 1;
                self.transfers_manual += 1;
                if let Target::Skill(skill) = target {
                    self.skill = Some(skill.to_string());
                }
                self.assign(at, operator);
            }
            ConversationFact::Flow(Flow::PickedUp) => {
                self.state = State::PickedUp;
                self.picked_up_at = self.picked_up_at.or(Some(at));
                self.stop_waiting(at);
            }
            ConversationFact::Exchange(Exchange::MessagePosted { voice, .. }) => match voice {
                Voice::Visitor => self.messages_visitor += 1,
                Voice::Operator => self.messages_operator += 1,
                Voice::System => self.messages_system += 1,
            },
            ConversationFact::Flow(Flow::Refused { reason }) => {
                self.end(at, State::Refused, Some(encoding::word(reason)));
            }
            ConversationFact::Flow(Flow::Left) => self.end(at, State::Left, None),
            ConversationFact::Flow(Flow::Released { reason }) => {
                self.end(at, State::Released, Some(encoding::word(reason)));
            }
            ConversationFact::Flow(Flow::Ended { reason }) => {
                self.end(at, State::Ended, Some(encoding::word(reason)));
            }
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
