//! The totals of a live conversation so far: those of its contact and its assignments once they have ended.

use chrono::{DateTime, Utc};
use domain::event::{Event, Voice};
use domain::{Actor, Attention, ConversationFact, Exchange, Flow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::responses::{Responses, is_default, millis};
use super::shares::{self, Shares};
use crate::contact_metrics::{self, ContactMetrics, NOBODY, author};
use crate::encoding;

/// Defines [`RunningTotals`] with the metrics among its fields.
macro_rules! running_totals {
    (
        {
            $(#[$attribute:meta])*
            pub struct RunningTotals {
                $($(#[$begin_attribute:meta])* pub $begin:ident: $begin_type:ty,)*
                ..metrics,
                $($(#[$end_attribute:meta])* pub $end:ident: $end_type:ty,)*
            }
        }
        { $($(#[doc = $first_doc:literal])+ $first:ident $({ $($first_own:tt)* })?,)* }
        { $($(#[doc = $later_doc:literal])+ $later:ident $({ $($later_own:tt)* })?,)* }
    ) => {
        $(#[$attribute])*
        pub struct RunningTotals {
            $($(#[$begin_attribute])* pub $begin: $begin_type,)*
            $($(#[doc = $first_doc])+ #[serde(skip_serializing_if = "is_default")] pub $first: i64,)*
            $($(#[doc = $later_doc])+ #[serde(skip_serializing_if = "is_default")] pub $later: i64,)*
            $($(#[$end_attribute])* pub $end: $end_type,)*
        }

        impl RunningTotals {
            const fn add(&mut self, counted: &ContactMetrics) {
                $(self.$first += counted.$first;)*
                $(self.$later += counted.$later;)*
            }
        }
    };
}

contact_metrics! { running_totals! {
    /// Counted since the request. Zero and absent values are left out of the stored form: the row is written with
    /// every event.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
    #[serde(default)]
    pub struct RunningTotals {
        /// The skill asked for by the request.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub skill_asked: Option<String>,
        /// The visitor was put in the queue at the request.
        #[serde(skip_serializing_if = "is_default")]
        pub queued: bool,
        /// Who was given it first.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub first_operator: Option<String>,
        /// Who was given it last.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub last_operator: Option<String>,
        /// When an operator was given it first.
        #[serde(with = "encoding::millis_option", skip_serializing_if = "Option::is_none")]
        pub first_assigned_at: Option<DateTime<Utc>>,
        /// Who picked it up first.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub answered_by: Option<String>,
        /// When it was picked up first.
        #[serde(with = "encoding::millis_option", skip_serializing_if = "Option::is_none")]
        pub first_picked_up_at: Option<DateTime<Utc>>,
        /// When the visitor first had a message that a person typed in the operator's voice.
        #[serde(with = "encoding::millis_option", skip_serializing_if = "Option::is_none")]
        pub first_answer_at: Option<DateTime<Utc>>,
        /// Who typed it, unless it was a supervisor.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub first_answer_by: Option<String>,
        /// When the visitor first had any answer: that, an article, or a phrase of Pupitre once it was picked up.
        #[serde(with = "encoding::millis_option", skip_serializing_if = "Option::is_none")]
        pub first_reply_at: Option<DateTime<Utc>>,
        /// Whose answer that was: its author's, or for a phrase the operator in charge.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub first_reply_by: Option<String>,
        ..metrics,
        /// Milliseconds for which operators who do not have it any more had picked it up.
        #[serde(skip_serializing_if = "is_default")]
        pub handle_ms: i64,
        /// Since when a message of the visitor is unanswered: the first one since the operator's last.
        #[serde(with = "encoding::millis_option", skip_serializing_if = "Option::is_none")]
        pub unanswered_since: Option<DateTime<Utc>>,
        /// Answers to the visitor, by whichever operator.
        #[serde(skip_serializing_if = "is_default")]
        pub responses: Responses,
        /// Messages of the operator in charge since it was given.
        #[serde(skip_serializing_if = "is_default")]
        pub assignment_messages: i64,
        /// Answers of the operator to the visitor since then.
        #[serde(skip_serializing_if = "is_default")]
        pub assignment_responses: Responses,
        /// What each operator has done in it.
        #[serde(skip_serializing_if = "is_default")]
        pub operators: Shares,
    }
} }

impl RunningTotals {
    /// Counts what an event says. `picked_up_at` and `on_hold_since` are since when the operator in charge before it had
    /// it picked up and on hold; `operator` is in charge after it.
    pub(super) fn count(
        &mut self,
        event: &Event,
        operator: Option<&str>,
        picked_up_at: Option<DateTime<Utc>>,
        on_hold_since: Option<DateTime<Utc>>,
        fact: &ConversationFact,
    ) {
        let at = event.at;
        if let Some(from) = fact.taken_from() {
            self.held_until(at, on_hold_since, Some(from.as_str()));
        } else if matches!(fact, ConversationFact::Attention(Attention::TakenBack)) {
            self.held_until(at, on_hold_since, operator);
        }
        shares::count(&mut self.operators, event, operator, picked_up_at, fact);
        if fact.taken_from().is_some() {
            self.handle_ms += picked_up_at.map_or(0, |since| millis(since, at));
            self.assignment_messages = 0;
            self.assignment_responses = Responses::default();
        }
        if let Some((counted, whose)) = contact_metrics::counted(event, fact, operator) {
            self.add(&counted);
            if let Some(whose) = whose {
                shares::add(&mut self.operators, whose, &counted);
            }
        }
        match fact {
            ConversationFact::Flow(fact) => self.moved(at, operator, fact),
            ConversationFact::Exchange(fact) => self.exchanged(event, operator, fact),
            ConversationFact::Notice(_)
            | ConversationFact::Visit(_)
            | ConversationFact::Attention(_)
            | ConversationFact::Survey(_) => {}
        }
    }

    /// Counts the time on hold, which is over, for the operator who had it so.
    pub(crate) fn held_until(
        &mut self,
        at: DateTime<Utc>,
        on_hold_since: Option<DateTime<Utc>>,
        operator: Option<&str>,
    ) {
        let Some(since) = on_hold_since else { return };
        let counted = ContactMetrics { hold_ms: millis(since, at), ..ContactMetrics::NONE };
        self.add(&counted);
        shares::add(&mut self.operators, operator.unwrap_or(NOBODY), &counted);
    }

    fn moved(&mut self, at: DateTime<Utc>, operator: Option<&str>, fact: &Flow) {
        match fact {
            Flow::Queued { .. } => self.queued = true,
            Flow::Assigned
            | Flow::AssignedByHand { .. }
            | Flow::Transferred { .. }
            | Flow::AutoTransferred { .. } => self.given_to(at, operator),
            Flow::PickedUp => {
                if self.first_picked_up_at.is_none() {
                    self.first_picked_up_at = Some(at);
                    self.answered_by = operator.map(str::to_owned);
                }
            }
            Flow::Requested(_)
            | Flow::RequestedAgain(_)
            | Flow::Refused { .. }
            | Flow::QueueAdvanced { .. }
            | Flow::Left
            | Flow::Released { .. }
            | Flow::AutoTransferFailed { .. }
            | Flow::ReturnedToQueue { .. }
            | Flow::Ended { .. }
            | Flow::KeptOpen { .. }
            | Flow::Closed => {}
        }
    }

    fn exchanged(&mut self, event: &Event, operator: Option<&str>, fact: &Exchange) {
        match fact {
            Exchange::MessagePosted { voice, source, phrase, .. } => {
                let typed = source.is_none() && phrase.is_none();
                let typed = typed && matches!(event.by, Actor::Operator(_) | Actor::Supervisor(_));
                self.message(event, *voice, typed, operator);
                self.word(event, if source.is_some() { Voice::Operator } else { *voice });
            }
            Exchange::FileRequested { .. } => self.word(event, Voice::Operator),
            Exchange::FileSent { voice, .. } => self.word(event, *voice),
            Exchange::InternalMessagePosted { .. }
            | Exchange::OperatorTyped
            | Exchange::Typing { .. }
            | Exchange::CopyMailed { .. } => {}
        }
    }

    fn given_to(&mut self, at: DateTime<Utc>, operator: Option<&str>) {
        self.last_operator = operator.map(str::to_owned);
        if self.first_assigned_at.is_none() {
            self.first_assigned_at = Some(at);
            self.first_operator.clone_from(&self.last_operator);
        }
    }

    fn message(&mut self, event: &Event, voice: Voice, typed_by_staff: bool, in_charge: Option<&str>) {
        let author = author(event);
        let reply_of = match voice {
            Voice::Visitor => None,
            Voice::Operator => {
                self.assignment_messages += i64::from(author.is_some());
                Some(author)
            }
            Voice::System => self.first_picked_up_at.map(|_| in_charge),
        };
        if let (Some(of), None) = (reply_of, self.first_reply_at) {
            self.first_reply_at = Some(event.at);
            self.first_reply_by = of.map(str::to_owned);
        }
        if voice == Voice::Operator && typed_by_staff && self.first_answer_at.is_none() {
            self.first_answer_at = Some(event.at);
            self.first_answer_by = author.map(str::to_owned);
        }
    }

    /// Phrases do not count as messages.
    fn word(&mut self, event: &Event, voice: Voice) {
        match voice {
            Voice::Visitor => {
                self.unanswered_since.get_or_insert(event.at);
            }
            Voice::Operator => {
                if let Some(since) = self.unanswered_since.take() {
                    let waited_ms = millis(since, event.at);
                    self.responses.add(waited_ms);
                    shares::answered(&mut self.operators, event, waited_ms);
                    if author(event).is_some() {
                        self.assignment_responses.add(waited_ms);
                    }
                }
            }
            Voice::System => {}
        }
    }
}
