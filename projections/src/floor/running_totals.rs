//! What a live conversation has come to so far: what its contact and its assignments will say once they are over.

use chrono::{DateTime, Utc};
use domain::event::Cause;
use domain::event::Target;
use domain::event::{Event, Voice};
use domain::{Actor, Attention, ConversationFact, Exchange, Flow, Notice, SurveyStep, Visit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::responses::{Responses, is_default, millis};
use super::shares::{self, Shares};
use crate::encoding;

/// Counted since the request. What is nothing yet is left out of the stored form: the row is written with
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
    /// Messages in the visitor's voice.
    #[serde(skip_serializing_if = "is_default")]
    pub messages_visitor: i64,
    /// Messages in the operator's voice.
    #[serde(skip_serializing_if = "is_default")]
    pub messages_operator: i64,
    /// Messages in Pupitre's voice.
    #[serde(skip_serializing_if = "is_default")]
    pub messages_system: i64,
    /// Times somebody passed it on to an operator.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_to_operator: i64,
    /// Times somebody passed it on to a skill.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_to_skill: i64,
    /// How many of these were forced by a supervisor.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_forced: i64,
    /// Times it went to another because its operator was inactive.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_inactive: i64,
    /// Times it went to another because its operator was disconnected.
    #[serde(skip_serializing_if = "is_default")]
    pub transfers_disconnected: i64,
    /// Times it came back to the queue because its operator was disconnected.
    #[serde(skip_serializing_if = "is_default")]
    pub returns_to_queue: i64,
    /// Calls for help.
    #[serde(skip_serializing_if = "is_default")]
    pub help_calls: i64,
    /// Milliseconds for which operators who do not have it any more had picked it up.
    #[serde(skip_serializing_if = "is_default")]
    pub handle_ms: i64,
    /// Since when a word of the visitor is unanswered: the first one since the operator's last.
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

impl RunningTotals {
    /// Counts what an event says. `picked_up_at` is since when the operator in charge before it had it picked
    /// up; `operator` is who is in charge after it.
    pub(super) fn count(
        &mut self,
        event: &Event,
        operator: Option<&str>,
        picked_up_at: Option<DateTime<Utc>>,
        fact: &ConversationFact,
    ) {
        let at = event.at;
        shares::count(&mut self.operators, event, operator, picked_up_at, fact);
        if fact.taken_from().is_some() {
            self.handle_ms += picked_up_at.map_or(0, |since| millis(since, at));
            self.assignment_messages = 0;
            self.assignment_responses = Responses::default();
        }
        match fact {
            ConversationFact::Flow(Flow::Queued { .. }) => self.queued = true,
            ConversationFact::Flow(Flow::Assigned | Flow::AssignedByHand { .. }) => {
                self.given_to(at, operator);
            }
            ConversationFact::Flow(Flow::Transferred { target, forced, .. }) => {
                match target {
                    Target::Operator(_) => self.transfers_to_operator += 1,
                    Target::Skill(_) => self.transfers_to_skill += 1,
                }
                self.transfers_forced += i64::from(*forced);
                self.given_to(at, operator);
            }
            ConversationFact::Flow(Flow::AutoTransferred { cause, .. }) => {
                match cause {
                    Cause::Inactive => self.transfers_inactive += 1,
                    Cause::Disconnected => self.transfers_disconnected += 1,
                }
                self.given_to(at, operator);
            }
            ConversationFact::Flow(Flow::ReturnedToQueue { .. }) => self.returns_to_queue += 1,
            ConversationFact::Flow(Flow::PickedUp) if self.first_picked_up_at.is_none() => {
                self.first_picked_up_at = Some(at);
                self.answered_by = operator.map(str::to_owned);
            }
            ConversationFact::Exchange(Exchange::MessagePosted { voice, source, phrase, .. }) => {
                let typed = source.is_none() && phrase.is_none();
                let typed = typed && matches!(event.by, Actor::Operator(_) | Actor::Supervisor(_));
                self.message(event, *voice, typed, operator);
                self.word(event, if source.is_some() { Voice::Operator } else { *voice });
            }
            ConversationFact::Exchange(Exchange::FileRequested { .. }) => self.word(event, Voice::Operator),
            ConversationFact::Exchange(Exchange::FileSent { voice, .. }) => self.word(event, *voice),
            ConversationFact::Attention(Attention::HelpCalled { .. }) => self.help_calls += 1,
            ConversationFact::Flow(
                Flow::PickedUp
                | Flow::Requested(_)
                | Flow::RequestedAgain(_)
                | Flow::Refused { .. }
                | Flow::QueueAdvanced { .. }
                | Flow::Left
                | Flow::Released { .. }
                | Flow::AutoTransferFailed { .. }
                | Flow::Ended { .. }
                | Flow::KeptOpen { .. }
                | Flow::Closed,
            )
            | ConversationFact::Exchange(
                Exchange::InternalMessagePosted { .. }
                | Exchange::OperatorTyped
                | Exchange::Typing { .. }
                | Exchange::CopyMailed { .. },
            )
            | ConversationFact::Visit(Visit::VisitorPresence { .. } | Visit::PageChanged { .. })
            | ConversationFact::Notice(
                Notice::FollowedUp
                | Notice::SearchNoticed { .. }
                | Notice::OperatorSearches { .. }
                | Notice::TimeoutAnnounced { .. },
            )
            | ConversationFact::Attention(
                Attention::ImportanceMarked { .. } | Attention::HelpTaken | Attention::HelpDone,
            )
            | ConversationFact::Survey(
                SurveyStep::Asked { .. }
                | SurveyStep::Opened { .. }
                | SurveyStep::Cancelled { .. }
                | SurveyStep::Answered { .. }
                | SurveyStep::Closed { .. },
            ) => {}
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
        let author = shares::author(event);
        let reply_of = match voice {
            Voice::Visitor => {
                self.messages_visitor += 1;
                None
            }
            Voice::Operator => {
                self.messages_operator += 1;
                self.assignment_messages += i64::from(author.is_some());
                Some(author)
            }
            Voice::System => {
                self.messages_system += 1;
                self.first_picked_up_at.map(|_| in_charge)
            }
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

    /// Phrases are nobody's word.
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
                    if shares::author(event).is_some() {
                        self.assignment_responses.add(waited_ms);
                    }
                }
            }
            Voice::System => {}
        }
    }
}
