//! What each operator did in a contact, whichever operator it began with: what its figures by operator are counted from.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::event::Cause;
use domain::event::Target;
use domain::event::{Event, Voice};
use domain::{Actor, Attention, ConversationFact, Exchange, Flow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::responses::{Responses, is_default, millis};

/// What one operator did in a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Share {
    /// The operator picked it up.
    #[serde(skip_serializing_if = "is_default")]
    pub picked_up: bool,
    /// Milliseconds for which the operator had it picked up.
    #[serde(skip_serializing_if = "is_default")]
    pub handle_ms: i64,
    /// Messages that the operator wrote.
    #[serde(skip_serializing_if = "is_default")]
    pub messages: i64,
    /// Messages of the visitor while the operator had it.
    #[serde(skip_serializing_if = "is_default")]
    pub messages_visitor: i64,
    /// Answers of the operator to the visitor.
    #[serde(skip_serializing_if = "is_default")]
    pub responses: Responses,
    /// Times the operator passed it on to an operator.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_to_operator: i64,
    /// Times the operator passed it on to a skill.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_to_skill: i64,
    /// Times it was taken from the operator, who was inactive.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_inactive: i64,
    /// Times it was taken from the operator, who was disconnected, and given to another.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_disconnected: i64,
    /// Times it was taken from the operator, who was disconnected, and came back to the queue.
    #[serde(skip_serializing_if = "is_default")]
    pub returns_to_queue: i64,
    /// Calls of the operator for help.
    #[serde(skip_serializing_if = "is_default")]
    pub help_calls: i64,
}

/// The key of what no operator did: a supervisor in an operator's stead, or a visitor whom nobody had.
pub const NOBODY: &str = "";

/// By the identifier of the operator, or [`NOBODY`].
pub type Shares = BTreeMap<String, Share>;

/// The operator who did this, if it was one.
pub(super) fn author(event: &Event) -> Option<&str> {
    match &event.by {
        Actor::Operator(operator) => Some(operator.as_str()),
        Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => None,
    }
}

fn of<'a>(shares: &'a mut Shares, operator: &str) -> &'a mut Share {
    shares.entry(operator.to_owned()).or_default()
}

/// Counts an answer for who gave it.
pub(super) fn answered(shares: &mut Shares, event: &Event, waited_ms: i64) {
    of(shares, author(event).unwrap_or(NOBODY)).responses.add(waited_ms);
}

/// Counts what an event says of who did what; answers are counted by [`answered`]. `in_charge` is who has the
/// conversation after it, `picked_up_at` since when the one before had picked it up.
pub(super) fn count(
    shares: &mut Shares,
    event: &Event,
    in_charge: Option<&str>,
    picked_up_at: Option<DateTime<Utc>>,
    fact: &ConversationFact,
) {
    if let (Some(from), Some(since)) = (fact.taken_from(), picked_up_at) {
        of(shares, from.as_str()).handle_ms += millis(since, event.at);
    }
    if let ConversationFact::Flow(Flow::AutoTransferred { from, cause, .. }) = fact {
        let share = of(shares, from.as_str());
        match cause {
            Cause::Inactive => share.transfers_inactive += 1,
            Cause::Disconnected => share.transfers_disconnected += 1,
        }
    } else if let ConversationFact::Flow(Flow::ReturnedToQueue { from, .. }) = fact {
        of(shares, from.as_str()).returns_to_queue += 1;
    } else if let ConversationFact::Flow(Flow::Transferred { target, .. }) = fact {
        let share = of(shares, author(event).unwrap_or(NOBODY));
        match target {
            Target::Operator(_) => share.transfers_to_operator += 1,
            Target::Skill(_) => share.transfers_to_skill += 1,
        }
    } else if let (ConversationFact::Flow(Flow::PickedUp), Some(operator)) = (fact, in_charge) {
        of(shares, operator).picked_up = true;
    } else if matches!(fact, ConversationFact::Attention(Attention::HelpCalled { .. })) {
        of(shares, author(event).unwrap_or(NOBODY)).help_calls += 1;
    } else if let ConversationFact::Exchange(Exchange::MessagePosted { voice, .. }) = fact {
        match voice {
            Voice::Operator => of(shares, author(event).unwrap_or(NOBODY)).messages += 1,
            Voice::Visitor => of(shares, in_charge.unwrap_or(NOBODY)).messages_visitor += 1,
            Voice::System => {}
        }
    }
}

/// These shares with the time for which the operator in charge has had it picked up.
pub(crate) fn until(
    shares: &Shares,
    operator: Option<&str>,
    picked_up_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Shares {
    let mut shares = shares.clone();
    if let (Some(operator), Some(since)) = (operator, picked_up_at) {
        of(&mut shares, operator).handle_ms += millis(since, now);
    }
    shares
}
