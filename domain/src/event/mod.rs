//! What happened. These names are the storage format: they never change meaning, and a change of
//! content is a new version with an upcaster.
//!
//! An event by [`Actor::System`] was *decided* by a timer or a rule; every other was *observed*: a person or a program
//! did it. Events carry outcome and reason, so that no reader recomputes a rule.

mod access;
mod api_key;
mod attention;
mod conversation;
mod exchange;
mod file;
mod flow;
mod livechat;
mod notice;
mod operator;
mod page;
mod payload;
mod profile;
mod request;
mod survey_step;
mod visit;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::actor::Actor;
use crate::id::{ConversationId, OperatorId};
use crate::timestamp::was_set_back;

pub use access::{Access, Exported, Form};
pub use api_key::{ApiKeyChange, ApiKeyTerms, ProgramRole};
pub use attention::{Attention, Help, HelpState, MarkChange, Marks, MarksOnDesk, MarksOnPage};
pub use conversation::ConversationFact;
pub use exchange::Exchange;
pub use file::File;
pub use flow::Flow;
pub use livechat::{Bearer, LivechatFact};
pub use notice::Notice;
pub use operator::OperatorFact;
pub use page::{Page, Presence};
pub use payload::{
    Cause, Closing, DisconnectReason, EndReason, RefusalReason, ReleaseReason, Source, Target, Voice,
};
pub use profile::Profile;
pub use request::{Card, HistoryAuthor, HistoryLine, Request, Visitor};
pub use survey_step::SurveyStep;
pub use visit::Visit;

/// One record of the log: when, by whom, what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened. Never earlier than the previous event, unless it records exactly that
    /// ([`LivechatFact::ClockSetBack`]).
    #[serde(with = "crate::timestamp")]
    pub at: Timestamp,
    /// The true author.
    pub by: Actor,
    /// What happened.
    pub fact: Fact,
}

/// What happened, by concept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Something about the livechat itself.
    Livechat(LivechatFact),
    /// Something about one operator.
    Operator {
        /// The operator.
        operator: OperatorId,
        /// What.
        fact: OperatorFact,
    },
    /// Something about one conversation.
    Conversation {
        /// Which one.
        conversation: ConversationId,
        /// The operator in charge once this has happened (for an end: the last one), so that every reader knows which
        /// desk is concerned without knowing the past.
        operator: Option<OperatorId>,
        /// What.
        fact: ConversationFact,
    },
}

impl Event {
    /// Was this done by a person or a program, or did Pupitre decide it?
    pub fn is_observed(&self) -> bool {
        self.by != Actor::System
    }

    /// Does this record that the clock was set back?
    pub const fn sets_back(&self) -> bool {
        matches!(self.fact, Fact::Livechat(LivechatFact::ClockSetBack { .. }))
    }

    /// May this event come right after one that happened at `before`? Time goes back only by an event that records it,
    /// and by exactly as much (spec.md §Time).
    pub fn may_follow(&self, before: Timestamp) -> bool {
        match &self.fact {
            Fact::Livechat(LivechatFact::ClockSetBack { from, to }) => {
                *from == before && *to == self.at && was_set_back(before, self.at)
            }
            Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => self.at >= before,
        }
    }
}

impl Fact {
    /// A fact about a conversation.
    pub const fn conversation(
        conversation: ConversationId,
        operator: Option<OperatorId>,
        fact: ConversationFact,
    ) -> Self {
        Self::Conversation { conversation, operator, fact }
    }

    /// The conversation concerned, if any.
    pub const fn conversation_id(&self) -> Option<ConversationId> {
        match self {
            Self::Livechat(_) | Self::Operator { .. } => None,
            Self::Conversation { conversation, .. } => Some(*conversation),
        }
    }

    /// The stable name of this kind of event in the log.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Livechat(fact) => fact.name(),
            Self::Operator { fact, .. } => fact.name(),
            Self::Conversation { fact, .. } => fact.name(),
        }
    }

    /// The version of the stored content of this kind of event.
    pub fn version(&self) -> &'static str {
        match self {
            Self::Livechat(fact) => fact.version(),
            Self::Operator { fact, .. } => fact.version(),
            Self::Conversation { fact, .. } => fact.version(),
        }
    }
}

impl cqrs_es::DomainEvent for Event {
    fn event_type(&self) -> String {
        self.fact.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.fact.version().to_owned()
    }
}
