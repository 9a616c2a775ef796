//! The vocabulary of the two sockets: what the server says, what a client says.
//!
//! What a client does not know is [`VisitorFrame::Unknown`] or [`DeskFrame::Unknown`], so that a
//! newer server can be talked to. The answers to commands (`done`, `problem`) are read by
//! [`super::Socket`] itself.

use domain::event::Voice;
use domain::settings::Status;
use domain::text::Language;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A message as both sockets deliver it.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// Its conversation; only the desk needs it.
    #[serde(default)]
    pub conversation: Option<Uuid>,
    /// Its number in the conversation, from 1 without gaps.
    pub number: u32,
    /// In whose voice.
    pub from: Voice,
    /// What was said.
    pub text: String,
}

/// A conversation on the desk.
#[derive(Clone, Debug, Deserialize)]
pub struct Tab {
    /// Which one.
    pub conversation: Uuid,
    /// The visitor's language.
    pub language: Language,
    /// Whether this operator has opened it already.
    #[serde(default)]
    pub picked_up: bool,
    /// What was said before the tab opened.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// The operator, in the snapshot that opens a desk.
#[derive(Clone, Debug, Deserialize)]
pub struct DeskOperator {
    /// What the operator is doing.
    pub status: Status,
}

/// What the visitor's socket says.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum VisitorFrame {
    /// The visitor waits.
    Queued,
    /// An operator has the conversation on the desk.
    Assigned,
    /// The operator takes the conversation in charge.
    PickedUp,
    /// Somebody said something, perhaps the visitor.
    Message(Message),
    /// Another operator has the conversation now.
    Transferred,
    /// Nobody will answer.
    RequestRefused,
    /// The visitor left the queue.
    Left,
    /// The livechat is over.
    Ended,
    /// Anything else.
    #[serde(other)]
    Unknown,
}

/// What the desk says.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskFrame {
    /// The whole desk, when it is opened anew.
    Snapshot {
        /// The operator.
        operator: DeskOperator,
        /// The conversations.
        tabs: Vec<Tab>,
    },
    /// A conversation arrives, flashing.
    Opened {
        /// The conversation.
        tab: Tab,
    },
    /// A conversation goes.
    Closed {
        /// Which one.
        conversation: Uuid,
        /// `transferred`, or why it ended.
        reason: String,
    },
    /// This operator took a conversation in charge.
    PickedUp {
        /// Which one.
        conversation: Uuid,
    },
    /// Somebody said something, perhaps this operator.
    Message(Message),
    /// This operator's status changed.
    Status {
        /// The new one.
        status: Status,
    },
    /// Anything else.
    #[serde(other)]
    Unknown,
}

/// What a visitor says.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum VisitorCommand<'a> {
    /// Say something.
    Message {
        /// The id of the command.
        id: Uuid,
        /// What to say.
        text: &'a str,
    },
    /// Leave the queue.
    Leave {
        /// The id of the command.
        id: Uuid,
    },
    /// End the livechat.
    End {
        /// The id of the command.
        id: Uuid,
    },
    /// The visitor is typing; not a command.
    Typing,
}

/// What an operator says.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskCommand<'a> {
    /// Open the flashing tab.
    PickUp {
        /// The id of the command.
        id: Uuid,
        /// Which one.
        conversation: Uuid,
    },
    /// Say something.
    Message {
        /// The id of the command.
        id: Uuid,
        /// Its conversation.
        conversation: Uuid,
        /// What to say.
        text: &'a str,
    },
    /// Give a conversation to somebody else.
    Transfer {
        /// The id of the command.
        id: Uuid,
        /// Which one.
        conversation: Uuid,
        /// The receiver.
        to: Receiver<'a>,
        /// For the receiver only.
        note: &'a str,
    },
    /// End a livechat.
    End {
        /// The id of the command.
        id: Uuid,
        /// Which one.
        conversation: Uuid,
    },
    /// Change this operator's status.
    Status {
        /// The id of the command.
        id: Uuid,
        /// The new one.
        status: Status,
    },
    /// The operator is typing; not a command.
    Typing {
        /// Its conversation.
        conversation: Uuid,
    },
    /// Leave the desk at once.
    SignOut {
        /// The id of the command.
        id: Uuid,
    },
}

/// The receiver of a transferred conversation.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver<'a> {
    /// This operator.
    Operator(&'a str),
    /// Anyone with this skill.
    Skill(&'a str),
}

impl VisitorCommand<'_> {
    /// The id under which the server answers; a signal has none and is not answered.
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::Message { id, .. } | Self::Leave { id } | Self::End { id } => Some(*id),
            Self::Typing => None,
        }
    }
}

impl DeskCommand<'_> {
    /// The id under which the server answers; a signal has none and is not answered.
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::PickUp { id, .. }
            | Self::Message { id, .. }
            | Self::Transfer { id, .. }
            | Self::End { id, .. }
            | Self::Status { id, .. }
            | Self::SignOut { id } => Some(*id),
            Self::Typing { .. } => None,
        }
    }
}
