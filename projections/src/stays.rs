//! Answers: which operator had which conversation, from when to when, and what did the operator do in it
//! (spec.md §Glossary: assignment)?
//!
//! One row each time an operator stops having a conversation. The live conversation on the board leaves it
//! behind.

use chrono::{DateTime, Utc};
use domain::conversation::auto_transfer::Cause;
use domain::{ConversationFact, Event, Fact};
use journal::Recorded;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::board::BoardConversation;
use crate::board::conversations::Given;
use crate::contacts::{Outcome, outcome};
use crate::format;
use crate::projection::{Column, Table, Trace};

/// Why an operator does not have a conversation any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// Somebody passed it on.
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

/// One time that an operator had a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stay {
    /// In which livechat.
    pub livechat: String,
    /// The position in the log of what ended it.
    pub position: i64,
    /// Which conversation, a UUID.
    pub conversation: String,
    /// The position in the log of the request that it is part of: with the livechat, it names the contact.
    pub requested_position: i64,
    /// The skill asked for by that request.
    pub skill: Option<String>,
    /// Who had it.
    pub operator: String,
    /// How it came to the operator.
    pub given: Given,
    /// When it did.
    #[serde(with = "format::millis")]
    pub since: DateTime<Utc>,
    /// When the operator picked it up.
    #[serde(with = "format::millis_option")]
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When the operator did not have it any more.
    #[serde(with = "format::millis")]
    pub until: DateTime<Utc>,
    /// Why not.
    pub gone: Gone,
    /// Messages that the operator wrote meanwhile.
    pub messages: i64,
    /// Answers of the operator to the visitor meanwhile.
    pub responses: i64,
    /// Milliseconds the visitor waited for them, from the first unanswered word on: the sum.
    pub response_ms: i64,
    /// The same of the slowest.
    pub response_worst_ms: i64,
}

impl Trace for Stay {
    const TABLE: Table = Table {
        name: "stays",
        key: &["livechat", "position"],
        columns: &[
            Column::text("livechat"),
            Column::integer("position"),
            Column::text("conversation"),
            Column::integer("requested_position"),
            Column::text("skill"),
            Column::text("operator"),
            Column::text("given"),
            Column::time("since"),
            Column::time("picked_up_at"),
            Column::time("until"),
            Column::text("gone"),
            Column::integer("messages"),
            Column::integer("responses"),
            Column::integer("response_ms"),
            Column::integer("response_worst_ms"),
        ],
    };
}

impl Stay {
    /// What a live conversation leaves behind if the event takes it from its operator.
    pub(crate) fn left_by(before: &BoardConversation, event: &Recorded) -> Option<Self> {
        let Fact::Conversation { fact, .. } = &event.event.fact else { return None };
        let gone = gone(&event.event, fact, before.picked_up_at.is_some())?;
        Some(Self {
            livechat: before.livechat.clone(),
            position: format::position(event.position),
            conversation: before.conversation.clone(),
            requested_position: before.requested_position,
            skill: before.so_far.skill_asked.clone(),
            operator: before.operator.clone()?,
            given: before.given?,
            since: before.assigned_at?,
            picked_up_at: before.picked_up_at,
            until: event.event.at,
            gone,
            messages: before.so_far.stay_messages,
            responses: before.so_far.stay_responses.count,
            response_ms: before.so_far.stay_responses.sum_ms,
            response_worst_ms: before.so_far.stay_responses.worst_ms,
        })
    }
}

fn gone(event: &Event, fact: &ConversationFact, picked_up: bool) -> Option<Gone> {
    if let ConversationFact::AutoTransferred { cause, .. } = fact {
        return Some(match cause {
            Cause::Inactive => Gone::Inactive,
            Cause::Disconnected => Gone::Disconnected,
        });
    }
    if matches!(fact, ConversationFact::ReturnedToQueue { .. }) {
        return Some(Gone::ReturnedToQueue);
    }
    if fact.taken_from().is_some() {
        return Some(Gone::Transferred);
    }
    let (outcome, _) = outcome(&event.by, fact, picked_up)?;
    Some(match outcome {
        Outcome::Released => Gone::Released,
        Outcome::Left => Gone::Left,
        Outcome::Refused | Outcome::Ended => Gone::Ended,
    })
}
