//! The course of a conversation from its request to its end: which operator answers it, and why.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::payload::{Cause, EndReason, RefusalReason, ReleaseReason, Target};
use super::request::Request;
use crate::Timestamp;
use crate::id::OperatorId;
use crate::personal::Personal;
use crate::text::Note;

/// What moves a conversation between the queue, the desks and its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", prefix = "conversation.", const_into_str)]
pub enum Flow {
    /// A visitor asks for an operator. Refused, queued or assigned always follows at once.
    Requested(Box<Request>),
    /// The visitor of a conversation that was kept open asks again: a new segment begins.
    RequestedAgain(Box<Request>),
    /// Nobody will answer: the conversation is over.
    Refused {
        /// Why.
        reason: RefusalReason,
    },
    /// The visitor waits.
    Queued {
        /// The visitor's position at that time, from 1.
        position: usize,
    },
    /// The waiting visitor has reached a position that is announced.
    QueueAdvanced {
        /// The position now, from 1.
        position: usize,
    },
    /// An operator has it on the desk, flashing until picked up.
    Assigned,
    /// A supervisor took it from the queue and put it on the desk of an operator.
    AssignedByHand {
        /// Whether it overrode the receiver's capacity, status or skills.
        forced: bool,
    },
    /// The visitor gave up waiting for a pick-up, in the queue or on a flashing tab, or, by the system, left the site:
    /// the conversation is over.
    Left,
    /// No operator answered, and none will: the conversation is over.
    Released {
        /// Why.
        reason: ReleaseReason,
    },
    /// The operator opened the flashing tab and takes the conversation in charge.
    PickedUp,
    /// The conversation moved from one operator to another by hand.
    Transferred {
        /// Who had it.
        from: OperatorId,
        /// What was asked for: that operator, or anyone with that skill.
        target: Target,
        /// For the receiver only.
        note: Option<Personal<Note>>,
        /// Whether a supervisor overrode the receiver's capacity or status.
        forced: bool,
    },
    /// The conversation moved from one operator to another by rule.
    AutoTransferred {
        /// Who had it.
        from: OperatorId,
        /// Why.
        cause: Cause,
        /// Whether it is hidden from the visitor, by `auto_transfer_notice` (since version 1.1).
        #[serde(default, skip_serializing_if = "is_false")]
        hidden: bool,
    },
    /// The operator is inactive, and nobody else has room: it stays, and goes to the first operator who does.
    AutoTransferFailed {
        /// When it is tried again at the latest; older logs have it, today it is left open.
        #[serde(default, with = "crate::timestamp::optional")]
        again_at: Option<Timestamp>,
    },
    /// The operator was disconnected and nobody has room: back to the queue, with the time of the request.
    ReturnedToQueue {
        /// Who had it.
        from: OperatorId,
        /// The position, from 1.
        position: usize,
    },
    /// The livechat is over.
    Ended {
        /// Why.
        reason: EndReason,
    },
    /// The conversation stays open after the end of the livechat: the visitor goes on with the bot.
    KeptOpen {
        /// Until when the visitor may ask again.
        #[serde(with = "crate::timestamp")]
        until: Timestamp,
    },
    /// The conversation that was kept open is over.
    Closed,
}

impl Flow {
    /// The operator who had the conversation before, when this moves it from a desk.
    pub(super) const fn taken_from(&self) -> Option<&OperatorId> {
        match self {
            Self::Transferred { from, .. }
            | Self::AutoTransferred { from, .. }
            | Self::ReturnedToQueue { from, .. } => Some(from),
            Self::Requested(_)
            | Self::RequestedAgain(_)
            | Self::Refused { .. }
            | Self::Queued { .. }
            | Self::QueueAdvanced { .. }
            | Self::Assigned
            | Self::AssignedByHand { .. }
            | Self::Left
            | Self::Released { .. }
            | Self::PickedUp
            | Self::AutoTransferFailed { .. }
            | Self::Ended { .. }
            | Self::KeptOpen { .. }
            | Self::Closed => None,
        }
    }

    pub(super) const fn version(&self) -> &'static str {
        let newer = match self {
            Self::Requested(request) | Self::RequestedAgain(request) => request.visitor.authenticated,
            Self::AutoTransferred { hidden, .. } => *hidden,
            Self::Refused { .. }
            | Self::Queued { .. }
            | Self::QueueAdvanced { .. }
            | Self::Assigned
            | Self::AssignedByHand { .. }
            | Self::Left
            | Self::Released { .. }
            | Self::PickedUp
            | Self::Transferred { .. }
            | Self::AutoTransferFailed { .. }
            | Self::ReturnedToQueue { .. }
            | Self::Ended { .. }
            | Self::KeptOpen { .. }
            | Self::Closed => false,
        };
        if newer { "1.1" } else { "1.0" }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_false(value: &bool) -> bool {
    !*value
}
