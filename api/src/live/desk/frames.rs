//! The frames of the desk, in both directions.

use chrono::{DateTime, Utc};
use domain::event::{File, Presence, Target};
use domain::id::SurveyId;
use domain::personal::Personal;
use domain::settings::Status;
use domain::settings::surveys::Audience;
use domain::text::{Note, Text};
use journal::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::conversation_view::ConversationView;
use super::operator::DeskOperator;
use super::options::DeskOptions;
use crate::live::signals::Sender;
use crate::visible_to_operator;

/// What is sent to a desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskFrame {
    /// A conversation was assigned or transferred here.
    Opened {
        /// Everything about it.
        tab: Box<ConversationView>,
    },
    /// A conversation is no longer here.
    Closed {
        /// Which one.
        conversation: Uuid,
        /// Why.
        reason: ClosedReason,
    },
    /// The operator, on this desk or another, picked it up.
    PickedUp {
        /// Which one.
        conversation: Uuid,
    },
    /// A message; the operator's own ones are sent as well.
    Message {
        /// Where.
        conversation: Uuid,
        /// Its number in the conversation, from 1 without gaps.
        number: u32,
        /// In whose voice.
        from: Sender,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// A supervisor, or the operator, said something that the visitor never sees.
    InternalMessage {
        /// Where.
        conversation: Uuid,
        /// The role of the author: `operator` or `supervisor`.
        role: String,
        /// The author, within the role.
        author: String,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// The visitor went away from the page, came back, or left the site.
    VisitorPresence {
        /// In which conversation.
        conversation: Uuid,
        /// Where the visitor is now.
        presence: Presence,
    },
    /// The visitor went to another page.
    PageChanged {
        /// In which conversation.
        conversation: Uuid,
        /// Which page, as far as the visitor card lists it.
        page: visible_to_operator::Page,
    },
    /// The conversation ends soon if the visitor stays silent.
    TimeoutAnnounced {
        /// Which one.
        conversation: Uuid,
        /// When.
        ends_at: DateTime<Utc>,
    },
    /// The visitor was asked for a file.
    FileRequested {
        /// Where.
        conversation: Uuid,
    },
    /// A file was sent.
    File {
        /// Where.
        conversation: Uuid,
        /// The sender.
        from: Sender,
        /// What is known of it.
        file: File,
    },
    /// A survey waits for answers: the operator's own, or the visitor's.
    SurveyAsked {
        /// About which conversation.
        conversation: Uuid,
        /// The number of the segment of it that it is about, from 1.
        segment: u32,
        /// The audience of the survey.
        audience: Audience,
        /// Which survey.
        #[schema(value_type = String)]
        survey: SurveyId,
        /// In which version.
        version: u32,
    },
    /// The survey does not wait any more.
    SurveyClosed {
        /// About which conversation.
        conversation: Uuid,
        /// The number of the segment of it that it is about, from 1.
        segment: u32,
        /// The audience of the survey.
        audience: Audience,
    },
    /// The operator's status changed.
    Status {
        /// The new one.
        status: Status,
    },
    /// What the desk may show has changed: its options, statuses, surveys or skills.
    Options {
        /// All of it, as it is now.
        options: Box<DeskOptions>,
    },
    /// The operator's own profile or capacity has changed.
    Profile {
        /// The operator, as now.
        operator: DeskOperator,
    },
}

/// Why a conversation left a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedReason {
    /// The visitor ended it.
    Visitor,
    /// The operator ended it.
    Operator,
    /// A supervisor ended it.
    Supervisor,
    /// The visitor was silent for too long.
    Timeout,
    /// Another operator has it now.
    Transferred,
    /// The operator was disconnected and the visitor waits again.
    ReturnedToQueue,
    /// Nobody picked it up in time.
    Released,
    /// The visitor gave up waiting before it was picked up.
    GaveUp,
    /// The visitor has left the site: before it was picked up, or the operator was disconnected and nobody else had
    /// room.
    LeftSite,
}

/// The first frame of a desk that does not resume.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename = "snapshot")]
pub struct Snapshot {
    /// Up to where the log is included.
    pub(super) position: Position,
    /// The operator.
    pub(super) operator: DeskOperator,
    /// What the desk may show.
    pub(super) options: Box<DeskOptions>,
    /// The conversations on the desk.
    pub(super) tabs: Vec<ConversationView>,
    /// Visitors in the queue.
    pub(super) waiting: usize,
}

/// The commands of a desk. Each has an id; repeated with the same id, it is done once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeskCommand {
    /// Open a flashing tab.
    PickUp { id: Uuid, conversation: Uuid },
    /// Write to the visitor: 1 to 5,000 characters.
    Message {
        id: Uuid,
        conversation: Uuid,
        #[schema(value_type = String)]
        text: Text,
    },
    /// Write what the visitor never sees, to the supervisors: 1 to 5,000 characters.
    InternalMessage {
        id: Uuid,
        conversation: Uuid,
        #[schema(value_type = String)]
        text: Text,
    },
    /// Pass the conversation on, with a note for the receiver.
    Transfer {
        id: Uuid,
        conversation: Uuid,
        to: Target,
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        note: Option<Personal<Note>>,
        #[serde(default)]
        force: bool,
    },
    /// End the conversation.
    End { id: Uuid, conversation: Uuid },
    /// Change one's own status.
    Status { id: Uuid, status: Status },
    /// The operator is typing.
    Typing { conversation: Uuid },
    /// The messages up to this number are on the screen.
    Delivered { conversation: Uuid, number: u32 },
    /// The operator has looked at the messages up to this number.
    Read { conversation: Uuid, number: u32 },
    /// Sign out: no grace period is given.
    SignOut { id: Uuid },
}
