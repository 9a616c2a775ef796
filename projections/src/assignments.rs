//! Answers: which operator had which conversation, from when to when, and what did the operator do in it
//! (spec.md §Glossary: assignment)?
//!
//! One row each time an operator stops having a conversation. The live conversation on the floor emits it.

use chrono::{DateTime, Utc};
use domain::event::Cause;
use domain::{ConversationFact, Event, Fact, Flow};
use journal::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contacts::{Outcome, outcome};
use crate::encoding;
use crate::floor::FloorConversation;
use crate::floor::conversation::AssignedBy;
use crate::projection::{HistoryRow, Table};

/// Why an operator does not have a conversation any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnassignedBy {
    /// It was transferred by hand.
    Transferred,
    /// The operator did not pick up or answer in time, and another one had room.
    Inactive,
    /// The operator was disconnected, and another one had room.
    Disconnected,
    /// The operator was disconnected and nobody had room.
    ReturnedToQueue,
    /// Nobody picked up in time: the visitor was released.
    Released,
    /// The visitor left before the operator picked up.
    Left,
    /// The conversation ended.
    Ended,
}

column_types! { Text: UnassignedBy; }

row! {
    table "assignments", key [livechat, position];

    /// One time that an operator had a conversation.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct Assignment {
        /// In which livechat.
        pub livechat: String,
        /// The position in the log of the event that ended it.
        pub position: i64,
        /// Which conversation, a UUID.
        pub conversation: String,
        /// The position in the log of the request that it is part of: with the livechat, it names the contact.
        pub requested_position: i64,
        /// The skill asked for by that request.
        pub skill: Option<String>,
        /// The operator who had it.
        pub operator: String,
        /// How it came to the operator.
        pub assigned_by: AssignedBy,
        /// When it did.
        #[serde(with = "encoding::millis")]
        pub since: DateTime<Utc>,
        /// When the operator picked it up.
        #[serde(with = "encoding::millis_option")]
        pub picked_up_at: Option<DateTime<Utc>>,
        /// When the operator did not have it any more.
        #[serde(with = "encoding::millis")]
        pub until: DateTime<Utc>,
        /// Why not.
        pub unassigned_by: UnassignedBy,
        /// Messages that the operator wrote meanwhile.
        pub messages: i64,
        /// Answers of the operator to the visitor meanwhile.
        pub responses: i64,
        /// Milliseconds the visitor waited for them, from the first unanswered word on: the sum.
        pub response_ms: i64,
        /// The same for the slowest.
        pub response_worst_ms: i64,
    }
}

impl HistoryRow for Assignment {
    const TABLE: Table = Self::TABLE;
}

impl Assignment {
    /// The history row if the event takes a live conversation from its operator.
    pub(crate) fn from_event(before: &FloorConversation, event: &Record) -> Option<Self> {
        let Fact::Conversation { fact, .. } = &event.event.fact else { return None };
        let unassigned_by = unassigned_by(&event.event, fact, before.picked_up_at.is_some())?;
        Some(Self {
            livechat: before.livechat.clone(),
            position: encoding::position(event.position),
            conversation: before.conversation.clone(),
            requested_position: before.requested_position,
            skill: before.running_totals.skill_asked.clone(),
            operator: before.operator.clone()?,
            assigned_by: before.assigned_by?,
            since: before.assigned_at?,
            picked_up_at: before.picked_up_at,
            until: event.event.at,
            unassigned_by,
            messages: before.running_totals.assignment_messages,
            responses: before.running_totals.assignment_responses.count,
            response_ms: before.running_totals.assignment_responses.sum_ms,
            response_worst_ms: before.running_totals.assignment_responses.worst_ms,
        })
    }
}

fn unassigned_by(event: &Event, fact: &ConversationFact, picked_up: bool) -> Option<UnassignedBy> {
    if let ConversationFact::Flow(Flow::AutoTransferred { cause, .. }) = fact {
        return Some(match cause {
            Cause::Inactive => UnassignedBy::Inactive,
            Cause::Disconnected => UnassignedBy::Disconnected,
        });
    }
    if matches!(fact, ConversationFact::Flow(Flow::ReturnedToQueue { .. })) {
        return Some(UnassignedBy::ReturnedToQueue);
    }
    if fact.taken_from().is_some() {
        return Some(UnassignedBy::Transferred);
    }
    let (outcome, _) = outcome(&event.by, fact, picked_up)?;
    Some(match outcome {
        Outcome::Released => UnassignedBy::Released,
        Outcome::Left => UnassignedBy::Left,
        Outcome::Refused | Outcome::Ended => UnassignedBy::Ended,
    })
}
