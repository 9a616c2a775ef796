//! What each operator did in a contact, whichever operator it began with: what its figures by operator are counted from.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{ConversationFact, Event, Flow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::responses::{Responses, is_default, millis};
use crate::contact_metrics::{ContactMetrics, NOBODY, author};

/// Defines [`Share`] with those of the metrics that are counted by operator.
macro_rules! share {
    (
        { $(#[$attribute:meta])* pub struct Share { $($fields:tt)* } }
        { $($first:tt)* } { $($later:tt)* }
    ) => {
        share! { [$(#[$attribute])*] { $($fields)* } $($first)* $($later)* }
    };
    (
        [$(#[$attribute:meta])*] { $($fields:tt)* }
        $($(#[doc = $doc:literal])+ $metric:ident $({ $(#[doc = $own_doc:literal])+ $own:ident })?,)*
    ) => {
        $(#[$attribute])*
        pub struct Share {
            $($fields)*
            $($($(#[doc = $own_doc])+ #[serde(skip_serializing_if = "is_default")] pub $own: i64,)?)*
        }

        impl Share {
            /// Its counters, as those of a contact.
            pub(crate) fn metrics(&self) -> ContactMetrics {
                ContactMetrics { $($($metric: self.$own,)?)* ..ContactMetrics::NONE }
            }

            const fn add(&mut self, counted: &ContactMetrics) {
                $($(self.$own += counted.$metric;)?)*
            }
        }
    };
}

contact_metrics! { share! {
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
        /// Answers of the operator to the visitor.
        #[serde(skip_serializing_if = "is_default")]
        pub responses: Responses,
    }
} }

/// By the identifier of the operator, or [`NOBODY`].
pub type Shares = BTreeMap<String, Share>;

fn of<'a>(shares: &'a mut Shares, operator: &str) -> &'a mut Share {
    shares.entry(operator.to_owned()).or_default()
}

/// Counts an answer for the operator who gave it.
pub(super) fn answered(shares: &mut Shares, event: &Event, waited_ms: i64) {
    of(shares, author(event).unwrap_or(NOBODY)).responses.add(waited_ms);
}

/// Counts what was counted of an event for the operator who did it.
pub(super) fn add(shares: &mut Shares, operator: &str, counted: &ContactMetrics) {
    of(shares, operator).add(counted);
}

/// Counts what else an event says of operators; answers are counted by [`answered`]. `in_charge` is the operator who
/// has the conversation after it, `picked_up_at` is when the previous one had picked it up.
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
    if let (ConversationFact::Flow(Flow::PickedUp), Some(operator)) = (fact, in_charge) {
        of(shares, operator).picked_up = true;
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
