//! The frames that both sockets share.

use domain::Rejection;
use journal::{Position, Receipt};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::signals::{ReceiptKind, Sender, Signal, What};
use crate::http::problem::Problem;

/// A frame that answers a client's own frame.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = CommandAnswer)]
pub enum Answer {
    /// The command with this id is done and durable.
    Done {
        /// The client's id of the command.
        id: Uuid,
        /// What it did is in the log up to here.
        position: Position,
    },
    /// The command with this id was refused; nothing was recorded.
    Problem {
        /// The client's id of the command, if it could be read.
        id: Option<Uuid>,
        /// Why.
        problem: Box<Problem>,
    },
}

/// A signal that is not recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SignalFrame {
    /// The other side is typing: shown for ten seconds, or until it says something.
    Typing {
        /// In which conversation; sent to desks only.
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<Uuid>,
        /// The side that types.
        from: Sender,
    },
    /// All messages of one side up to a number have been delivered to the other, or read by it. Live only: it is
    /// not repeated later.
    Receipt {
        /// In which conversation; sent to desks only.
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<Uuid>,
        /// The side that has them.
        by: Sender,
        /// How far they have come.
        receipt: ReceiptKind,
        /// The number of the last one.
        number: u32,
    },
    /// How many wait in the queue; sent to desks, when it has changed, at most once a second.
    Queue {
        /// Visitors in the queue.
        waiting: usize,
    },
    /// The visitor's place in the queue now; sent to visitors, when it has changed.
    Place {
        /// The place, from 1.
        queue_position: usize,
        /// The estimated wait in minutes, if it can be estimated.
        wait_minutes: Option<u32>,
    },
}

impl SignalFrame {
    /// A signal of `from`, as sent to the other side.
    pub(crate) fn of(signal: Signal, from: Sender) -> Self {
        let conversation = (from == Sender::Visitor).then_some(signal.conversation.0);
        match signal.what {
            What::Typing => Self::Typing { conversation, from },
            What::Receipt(receipt, number) => Self::Receipt { conversation, by: from, receipt, number },
        }
    }
}

impl Answer {
    /// The answer to a command.
    pub fn to(id: Uuid, done: Result<Receipt, Problem>) -> Self {
        match done {
            Ok(receipt) => Self::Done { id, position: receipt.position },
            Err(problem) => Self::refusal(Some(id), problem),
        }
    }

    /// The answer to a refused command.
    pub fn refusal(id: Option<Uuid>, problem: Problem) -> Self {
        Self::Problem { id, problem: Box::new(problem) }
    }
}

/// A frame as it is sent.
pub fn text(frame: &impl Serialize) -> String {
    serde_json::to_string(frame).unwrap_or_else(|error| {
        tracing::error!(%error, "cannot serialize a frame");
        r#"{"type":"problem","id":null}"#.to_owned()
    })
}

/// The refusal of a request for a conversation that does not exist.
pub fn unknown(id: domain::ConversationId) -> Problem {
    Rejection::from(domain::conversation::Rejection::Unknown(id)).into()
}
