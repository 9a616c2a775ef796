//! The frames of the desk: what it is told, and what it may say.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::conversation::end::EndReason;
use domain::conversation::transfer::Target;
use domain::operator::Status;
use domain::personal::Personal;
use domain::text::{Note, Text};
use domain::{ConversationFact, Fact, OperatorFact, OperatorId};
use journal::{Position, Recorded};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::live::frame::{From, Logged, text};
use crate::live::tab::Tab;
use crate::server::App;

/// What a desk is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskFrame {
    /// A conversation was assigned or transferred here.
    Opened {
        /// Everything about it.
        tab: Box<Tab>,
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
    /// Somebody said something; the operator's own messages are told as well.
    Message {
        /// Where.
        conversation: Uuid,
        /// The how-manieth of the conversation, from 1 without gaps.
        number: u32,
        /// In whose voice.
        from: From,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// The conversation ends soon if the visitor stays silent.
    TimeoutAnnounced {
        /// Which one.
        conversation: Uuid,
        /// When.
        ends_at: DateTime<Utc>,
    },
    /// The operator's status changed.
    Status {
        /// The new one.
        status: Status,
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
}

/// The first frame of a desk that does not resume.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename = "snapshot")]
pub struct Snapshot {
    /// Up to where the log is told.
    pub(super) position: Position,
    /// The operator.
    pub(super) operator: Me,
    /// The conversations on the desk.
    pub(super) tabs: Vec<Tab>,
    /// Visitors in the queue.
    pub(super) waiting: usize,
}

/// The operator of a desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    #[schema(value_type = String)]
    pub(super) id: OperatorId,
    pub(super) name: String,
    pub(super) status: Status,
    /// Conversations at once.
    pub(super) capacity: usize,
    /// Conversations now.
    pub(super) load: usize,
}

/// What a desk may say. Each command has an id; repeated with the same id, it is done once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeskSays {
    /// Open a flashing tab.
    PickUp { id: Uuid, conversation: Uuid },
    /// Write to the visitor: 1 to 5,000 characters.
    Message {
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
    /// Change the own status.
    Status { id: Uuid, status: Status },
    /// The operator is typing.
    Typing { conversation: Uuid },
    /// Leave on purpose: no grace is given.
    SignOut { id: Uuid },
}

/// A record of the log as the frame that tells it, if it is told at all.
pub(super) async fn frame(
    app: App,
    me: OperatorId,
    record: Result<Arc<Recorded>, journal::Error>,
) -> Option<Result<String, journal::Error>> {
    let record = match record {
        Ok(record) => record,
        Err(error) => return Some(Err(error)),
    };
    let what = match &record.event.fact {
        Fact::Livechat(_) => return None,
        Fact::Operator { fact, .. } => match fact {
            OperatorFact::StatusChanged { status } => DeskFrame::Status { status: *status },
            OperatorFact::Registered { .. } | OperatorFact::Connected | OperatorFact::Disconnected { .. } => {
                return None;
            }
        },
        Fact::Conversation { conversation, operator, fact } => {
            let here = operator.as_ref() == Some(&me);
            if here && arrives(fact) {
                match Tab::at(&app.journal, &record.livechat, *conversation, record.position).await {
                    Ok(tab) => DeskFrame::Opened { tab: Box::new(tab?) },
                    Err(error) => return Some(Err(error)),
                }
            } else {
                about(conversation.0, here, fact, &record)?
            }
        }
    };
    Some(Ok(text(&Logged { position: record.position, at: record.event.at, what })))
}

/// Does a conversation come to the desk of the operator in charge by this?
const fn arrives(fact: &ConversationFact) -> bool {
    matches!(fact, ConversationFact::Assigned | ConversationFact::Transferred { .. })
}

fn about(conversation: Uuid, here: bool, fact: &ConversationFact, record: &Recorded) -> Option<DeskFrame> {
    Some(match fact {
        ConversationFact::Transferred { .. } if !here => {
            DeskFrame::Closed { conversation, reason: ClosedReason::Transferred }
        }
        ConversationFact::PickedUp => DeskFrame::PickedUp { conversation },
        ConversationFact::MessagePosted { number, voice, text, .. } => DeskFrame::Message {
            conversation,
            number: *number,
            from: (*voice).into(),
            text: text.reveal().clone(),
            command: record.command.0,
        },
        ConversationFact::TimeoutAnnounced { ends_at } => {
            DeskFrame::TimeoutAnnounced { conversation, ends_at: *ends_at }
        }
        ConversationFact::Ended { reason } => DeskFrame::Closed { conversation, reason: closed(*reason) },
        ConversationFact::Requested(_)
        | ConversationFact::Refused { .. }
        | ConversationFact::Queued { .. }
        | ConversationFact::Assigned
        | ConversationFact::Left
        | ConversationFact::Transferred { .. } => return None,
    })
}

const fn closed(reason: EndReason) -> ClosedReason {
    match reason {
        EndReason::Visitor => ClosedReason::Visitor,
        EndReason::Operator => ClosedReason::Operator,
        EndReason::Supervisor => ClosedReason::Supervisor,
        EndReason::Timeout => ClosedReason::Timeout,
    }
}
