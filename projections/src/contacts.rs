//! Answers: what was the outcome of each request for an operator (spec.md §History, audit, analysts)?
//!
//! A contact is one segment of a conversation, from the request (or the request again) to its end, in
//! whichever way. The live conversation on the floor emits it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::event::EndReason;
use domain::{Actor, ConversationFact, Fact, Flow};
use journal::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encoding;
use crate::floor::FloorConversation;
use crate::floor::responses::millis;
use crate::floor::shares::Share;
use crate::projection::{HistoryRow, Table};

/// The outcome of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nobody would answer; the reason is why.
    Refused,
    /// The visitor left while waiting for a pick-up, in the queue or on a flashing tab: `gave_up` by
    /// choice, `left_site` by leaving the site.
    Left,
    /// No operator answered in time, or at all before closing; the reason distinguishes the two.
    Released,
    /// It ended; the reason is by whom or what.
    Ended,
}

column_types! { Text: Outcome; }

contact_metrics! { row! {
    table "contacts", key [livechat, position];

    /// One request and its outcome.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct Contact {
        /// In which livechat.
        pub livechat: String,
        /// The position in the log of its end.
        pub position: i64,
        /// The conversation it is a segment of, a UUID.
        pub conversation: String,
        /// The position in the log of the request.
        pub requested_position: i64,
        /// The visitor's identifier.
        pub visitor: String,
        /// The visitor's language: `fr` or `en`.
        pub language: String,
        /// The skill asked for by the request.
        pub skill: Option<String>,
        /// Asked for again after it was kept open.
        pub again: bool,
        /// When it was requested.
        #[serde(with = "encoding::millis")]
        pub requested_at: DateTime<Utc>,
        /// The visitor was put in the queue at the request.
        pub queued: bool,
        /// How it went.
        pub outcome: Outcome,
        /// Why or by whom: `outside_hours`, `no_operator`, `queue_full` of what was refused; `gave_up`,
        /// `left_site` of what was left; `unanswered`, `closing` of what was released; `visitor`, `operator`,
        /// `supervisor`, `timeout` of what ended.
        pub reason: String,
        /// Who was given it first.
        pub first_operator: Option<String>,
        /// Who was given it last.
        pub last_operator: Option<String>,
        /// Who picked it up first.
        pub answered_by: Option<String>,
        /// When an operator was given it first.
        #[serde(with = "encoding::millis_option")]
        pub assigned_at: Option<DateTime<Utc>>,
        /// When it was picked up first.
        #[serde(with = "encoding::millis_option")]
        pub picked_up_at: Option<DateTime<Utc>>,
        /// When the visitor first had a message that a person typed in the operator's voice.
        #[serde(with = "encoding::millis_option")]
        pub first_answer_at: Option<DateTime<Utc>>,
        /// When the visitor first had any answer: that, an article, or a phrase of Pupitre once it was picked up.
        #[serde(with = "encoding::millis_option")]
        pub first_reply_at: Option<DateTime<Utc>>,
        /// The operator who typed that message; absent if it was a supervisor.
        pub first_answer_by: Option<String>,
        /// The author of that answer, or the operator in charge when it was a phrase.
        pub first_reply_by: Option<String>,
        /// When it was over.
        #[serde(with = "encoding::millis")]
        pub ended_at: DateTime<Utc>,
        /// On whose desk it was then; absent when it waited in the queue.
        pub operator_at_end: Option<String>,
        /// What each operator did in it, by identifier; under an empty one what no operator did.
        pub operators: BTreeMap<String, Share>,
        /// Milliseconds from the request to the first pick-up, or to the end without one.
        pub wait_ms: i64,
        /// Milliseconds for which it was picked up, summed over operators.
        pub handle_ms: i64,
        ..metrics,
        /// Answers to the visitor: how often a message of the visitor was followed by one of the operator.
        pub responses: i64,
        /// Milliseconds the visitor waited for them, from the first unanswered word on: the sum.
        pub response_ms: i64,
        /// The same of the slowest.
        pub response_worst_ms: i64,
        /// Marked as important at the end.
        pub important: bool,
        ..later metrics,
    }
} }

impl HistoryRow for Contact {
    const TABLE: Table = Self::TABLE;
}

impl Contact {
    /// The history row if the event ends a live conversation.
    pub(crate) fn from_event(before: &FloorConversation, event: &Record) -> Option<Self> {
        let Fact::Conversation { fact, .. } = &event.event.fact else { return None };
        let (outcome, reason) = outcome(&event.event.by, fact, before.picked_up_at.is_some())?;
        let at = event.event.at;
        let operators = before.shares(at);
        let running_totals = before.totals(at);
        Some(contact_metrics! { filled! { Self {
            livechat: before.livechat.clone(),
            position: encoding::position(event.position),
            conversation: before.conversation.clone(),
            requested_position: before.requested_position,
            visitor: before.visitor.clone(),
            language: before.language.clone(),
            skill: running_totals.skill_asked,
            again: before.again,
            requested_at: before.requested_at,
            queued: running_totals.queued,
            outcome,
            reason,
            first_operator: running_totals.first_operator,
            last_operator: running_totals.last_operator,
            answered_by: running_totals.answered_by,
            assigned_at: running_totals.first_assigned_at,
            picked_up_at: running_totals.first_picked_up_at,
            first_answer_at: running_totals.first_answer_at,
            first_reply_at: running_totals.first_reply_at,
            first_answer_by: running_totals.first_answer_by,
            first_reply_by: running_totals.first_reply_by,
            ended_at: at,
            operator_at_end: before.operator.clone(),
            operators,
            wait_ms: millis(before.requested_at, running_totals.first_picked_up_at.unwrap_or(at)),
            handle_ms: running_totals.handle_ms + before.picked_up_at.map_or(0, |since| millis(since, at)),
            responses: running_totals.responses.count,
            response_ms: running_totals.responses.sum_ms,
            response_worst_ms: running_totals.responses.worst_ms,
            important: before.important,
        } from running_totals } })
    }
}

/// The outcome of a contact that ends with this. `picked_up` is whether the operator who had it had picked it up: a
/// visitor who ends it before that gives up waiting, which older logs record as an end.
pub(crate) fn outcome(by: &Actor, fact: &ConversationFact, picked_up: bool) -> Option<(Outcome, String)> {
    if let ConversationFact::Flow(Flow::Refused { reason }) = fact {
        Some((Outcome::Refused, encoding::word(reason)))
    } else if let ConversationFact::Flow(Flow::Released { reason }) = fact {
        Some((Outcome::Released, encoding::word(reason)))
    } else if *fact == (ConversationFact::Flow(Flow::Ended { reason: EndReason::Visitor })) && !picked_up {
        Some((Outcome::Left, "gave_up".to_owned()))
    } else if let ConversationFact::Flow(Flow::Ended { reason }) = fact {
        Some((Outcome::Ended, encoding::word(reason)))
    } else if *fact == ConversationFact::Flow(Flow::Left) {
        // Pupitre removes a visitor who has left the site from the queue, or from the desk; every other visitor leaves
        // by choice.
        let reason = if *by == Actor::System { "left_site" } else { "gave_up" };
        Some((Outcome::Left, reason.to_owned()))
    } else {
        None
    }
}
