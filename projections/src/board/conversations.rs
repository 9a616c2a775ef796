//! Answers: which conversations are live, where does each stand, and who owes the answer?

use chrono::{DateTime, Utc};
use domain::conversation::request::Request;
use domain::conversation::transfer::Target;
use domain::event::Voice;
use domain::{ConversationFact, Fact, OperatorId};
use journal::Recorded;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::format;
use crate::projection::{Column, ConversationKey, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct BoardConversations;

/// Where a live conversation stands (spec.md §The life of a conversation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
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

/// One live conversation; the row goes away when it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BoardConversation {
    /// In which livechat.
    pub livechat: String,
    /// The conversation's identifier, a UUID.
    pub conversation: String,
    /// The visitor's identifier.
    pub visitor: String,
    /// The visitor's name, if known.
    pub visitor_name: Option<String>,
    /// The visitor's language: `fr` or `en`.
    pub language: String,
    /// The skill asked for, by the request or by the last transfer to a skill.
    pub skill: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Who is in charge.
    pub operator: Option<String>,
    /// When it was requested.
    #[serde(with = "format::millis")]
    pub requested_at: DateTime<Utc>,
    /// The position of the request in the log: the order among requests of the same moment.
    pub requested_position: i64,
    /// When the operator in charge was given it.
    #[serde(with = "format::millis_option")]
    pub assigned_at: Option<DateTime<Utc>>,
    /// When the operator in charge picked it up.
    #[serde(with = "format::millis_option")]
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When somebody last did something in it: request, pick-up, transfer, message. What Pupitre does
    /// or says by itself does not count.
    #[serde(with = "format::millis")]
    pub last_activity_at: DateTime<Utc>,
    /// Whose turn it is to speak.
    pub owes_answer: Owes,
    /// Since when: the request, or the last message of the other side.
    #[serde(with = "format::millis_option")]
    pub owed_since: Option<DateTime<Utc>>,
    /// Messages so far, in every voice.
    pub messages: i64,
    /// The position in the log of the last event that concerned this row.
    pub position: i64,
}

impl Projection for BoardConversations {
    type Row = BoardConversation;
    type Key = ConversationKey;

    const TABLE: Table = Table {
        name: "board_conversations",
        key: &["livechat", "conversation"],
        columns: &[
            Column::text("livechat"),
            Column::text("conversation"),
            Column::text("visitor"),
            Column::text("visitor_name"),
            Column::text("language"),
            Column::text("skill"),
            Column::text("state"),
            Column::text("operator"),
            Column::time("requested_at"),
            Column::integer("requested_position"),
            Column::time("assigned_at"),
            Column::time("picked_up_at"),
            Column::time("last_activity_at"),
            Column::text("owes_answer"),
            Column::time("owed_since"),
            Column::integer("messages"),
            Column::integer("position"),
        ],
    };

    fn keys(event: &Recorded) -> impl IntoIterator<Item = ConversationKey> {
        ConversationKey::of(event)
    }

    fn fold(
        row: Option<BoardConversation>,
        key: &ConversationKey,
        event: &Recorded,
    ) -> Option<BoardConversation> {
        let Fact::Conversation { operator, fact, .. } = &event.event.fact else { return row };
        let mut row = match fact {
            ConversationFact::Requested(request) | ConversationFact::RequestedAgain(request) => {
                BoardConversation::new(key, event, request)
            }
            ConversationFact::Refused { .. }
            | ConversationFact::Left
            | ConversationFact::Released { .. }
            | ConversationFact::Ended { .. } => return None,
            ConversationFact::Queued { .. }
            | ConversationFact::Assigned
            | ConversationFact::PickedUp
            | ConversationFact::MessagePosted { .. }
            | ConversationFact::Transferred { .. }
            | ConversationFact::TimeoutAnnounced { .. }
            | ConversationFact::AutoTransferred { .. }
            | ConversationFact::ReturnedToQueue { .. }
            | ConversationFact::QueueAdvanced { .. }
            | ConversationFact::OperatorTyped
            | ConversationFact::AutoTransferFailed { .. }
            | ConversationFact::OperatorSearches { .. }
            | ConversationFact::FollowedUp
            | ConversationFact::SearchNoticed { .. }
            | ConversationFact::ImportanceMarked { .. }
            | ConversationFact::HelpCalled { .. }
            | ConversationFact::HelpTaken
            | ConversationFact::HelpDone
            | ConversationFact::FileRequested { .. }
            | ConversationFact::FileSent { .. }
            | ConversationFact::CopyMailed { .. }
            | ConversationFact::SurveyAsked { .. }
            | ConversationFact::SurveyOpened { .. }
            | ConversationFact::SurveyCancelled { .. }
            | ConversationFact::SurveyAnswered { .. }
            | ConversationFact::SurveyClosed { .. }
            | ConversationFact::KeptOpen { .. }
            | ConversationFact::Closed => row?,
        };
        row.change(event.event.at, operator.as_ref(), fact);
        row.position = format::position(event.position);
        Some(row)
    }
}

impl BoardConversation {
    fn new(key: &ConversationKey, event: &Recorded, request: &Request) -> Self {
        Self {
            livechat: key.livechat.to_string(),
            conversation: key.conversation.to_string(),
            visitor: request.visitor.id.to_string(),
            visitor_name: request.visitor.name.as_ref().map(|name| name.reveal().to_string()),
            language: format::word(&request.language),
            skill: request.skill.as_ref().map(ToString::to_string),
            state: State::Requested,
            operator: None,
            requested_at: event.event.at,
            requested_position: format::position(event.position),
            assigned_at: None,
            picked_up_at: None,
            last_activity_at: event.event.at,
            owes_answer: Owes::Operator,
            owed_since: Some(event.event.at),
            messages: 0,
            position: 0,
        }
    }

    fn change(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>, fact: &ConversationFact) {
        match fact {
            ConversationFact::Queued { .. } => self.state = State::Waiting,
            ConversationFact::Assigned => self.assign(at, operator),
            ConversationFact::PickedUp => {
                self.state = State::PickedUp;
                self.picked_up_at = Some(at);
                self.last_activity_at = at;
            }
            ConversationFact::MessagePosted { number, voice, source, .. } => {
                self.messages = i64::from(*number);
                self.say(at, if source.is_some() { Voice::Operator } else { *voice });
            }
            ConversationFact::Transferred { target, .. } => {
                self.pass_on(at, operator);
                self.last_activity_at = at;
                if let Target::Skill(skill) = target {
                    self.skill = Some(skill.to_string());
                }
            }
            ConversationFact::AutoTransferred { .. } => self.pass_on(at, operator),
            ConversationFact::ReturnedToQueue { .. } => {
                self.pass_on(at, None);
                self.state = State::Waiting;
                self.assigned_at = None;
            }
            ConversationFact::Requested(_)
            | ConversationFact::RequestedAgain(_)
            | ConversationFact::TimeoutAnnounced { .. }
            | ConversationFact::Refused { .. }
            | ConversationFact::Left
            | ConversationFact::Released { .. }
            | ConversationFact::QueueAdvanced { .. }
            | ConversationFact::OperatorTyped
            | ConversationFact::AutoTransferFailed { .. }
            | ConversationFact::OperatorSearches { .. }
            | ConversationFact::FollowedUp
            | ConversationFact::SearchNoticed { .. }
            | ConversationFact::ImportanceMarked { .. }
            | ConversationFact::HelpCalled { .. }
            | ConversationFact::HelpTaken
            | ConversationFact::HelpDone
            | ConversationFact::FileRequested { .. }
            | ConversationFact::FileSent { .. }
            | ConversationFact::CopyMailed { .. }
            | ConversationFact::SurveyAsked { .. }
            | ConversationFact::SurveyOpened { .. }
            | ConversationFact::SurveyCancelled { .. }
            | ConversationFact::SurveyAnswered { .. }
            | ConversationFact::SurveyClosed { .. }
            | ConversationFact::KeptOpen { .. }
            | ConversationFact::Closed
            | ConversationFact::Ended { .. } => {}
        }
    }

    fn assign(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>) {
        self.state = State::Assigned;
        self.operator = operator.map(ToString::to_string);
        self.assigned_at = Some(at);
        self.picked_up_at = None;
    }

    /// The next operator has said nothing yet.
    fn pass_on(&mut self, at: DateTime<Utc>, operator: Option<&OperatorId>) {
        self.assign(at, operator);
        if self.owes_answer == Owes::Visitor {
            self.owes_answer = Owes::Nobody;
            self.owed_since = None;
        }
    }

    const fn say(&mut self, at: DateTime<Utc>, voice: Voice) {
        self.owes_answer = match voice {
            Voice::Visitor => Owes::Operator,
            Voice::Operator => Owes::Visitor,
            Voice::System => return,
        };
        self.owed_since = Some(at);
        self.last_activity_at = at;
    }
}
