//! What happened. These names are the storage format: they never change meaning, and a change of
//! content is a new version with an upcaster.
//!
//! An event by [`Actor::System`] was *decided* by a timer or a rule; every other was *observed*:
//! somebody did it. Events carry outcome and reason, so that no reader recomputes a rule.

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::actor::Actor;
use crate::conversation::end::EndReason;
use crate::conversation::request::{RefusalReason, Request};
use crate::conversation::transfer::Target;
use crate::id::{ConversationId, OperatorId};
use crate::operator::disconnect::DisconnectReason;
use crate::operator::{Profile, Status};
use crate::personal::Personal;
use crate::settings::{Phrase, Section};
use crate::text::{Language, Name, Note, Text};

/// One record of the log: when, by whom, what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened. Never earlier than the event before it.
    pub at: Instant,
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
        /// Who.
        operator: OperatorId,
        /// What.
        fact: OperatorFact,
    },
    /// Something about one conversation.
    Conversation {
        /// Which one.
        conversation: ConversationId,
        /// Who is in charge once this has happened (for an end: who was in charge), so that every
        /// reader can tell whose desk is concerned without knowing the past.
        operator: Option<OperatorId>,
        /// What.
        fact: ConversationFact,
    },
}

/// What happens to a livechat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LivechatFact {
    /// The livechat exists, with the ready-made settings.
    Created {
        /// Its name, for people.
        name: Name,
        /// The language phrases fall back to.
        language: Language,
    },
    /// An administrator replaced one section of the settings.
    SettingsChanged {
        /// The whole new section, so that the settings of any past moment are one fold away.
        section: Box<Section>,
    },
}

/// What happens to an operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorFact {
    /// An administrator registered the operator, or changed the profile.
    Registered {
        /// The whole profile.
        profile: Profile,
    },
    /// The operator's desk is open.
    Connected,
    /// The operator's last desk is closed or lost.
    Disconnected {
        /// Why.
        reason: DisconnectReason,
    },
    /// The operator, or a supervisor, changed the status.
    StatusChanged {
        /// The new status.
        status: Status,
    },
}

/// What happens to a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationFact {
    /// A visitor asks for an operator. One of the next three always follows at once.
    Requested(Box<Request>),
    /// Nobody will answer: the conversation is over.
    Refused {
        /// Why.
        reason: RefusalReason,
    },
    /// The visitor waits.
    Queued {
        /// The visitor's position at that moment, from 1.
        position: usize,
    },
    /// An operator has it on the desk, flashing until picked up.
    Assigned,
    /// The visitor gave up waiting: the conversation is over.
    Left,
    /// The operator opened the flashing tab and takes the conversation in charge.
    PickedUp,
    /// Somebody said something.
    MessagePosted {
        /// The how-manieth message of the conversation, from 1 and without gaps.
        number: u32,
        /// In whose voice the others see it; the true author is the event's.
        voice: Voice,
        /// Which phrase it was, when Pupitre said it.
        phrase: Option<Phrase>,
        /// What was said.
        text: Personal<Text>,
    },
    /// The conversation moved from one operator to another.
    Transferred {
        /// Who had it.
        from: OperatorId,
        /// What was asked for: that operator, or anyone with that skill.
        target: Target,
        /// For the receiver only.
        note: Option<Personal<Note>>,
        /// A supervisor pushed it past the receiver's capacity or status.
        forced: bool,
    },
    /// The visitor has been silent for long and was warned.
    TimeoutAnnounced {
        /// When the livechat ends if the visitor stays silent.
        ends_at: Instant,
    },
    /// The livechat is over.
    Ended {
        /// Why.
        reason: EndReason,
    },
}

/// In whose voice a message is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// The visitor's.
    Visitor,
    /// The operator's (a supervisor may borrow it).
    Operator,
    /// Pupitre's.
    System,
}

impl Event {
    /// Did somebody do this, or did Pupitre decide it?
    pub fn is_observed(&self) -> bool {
        self.by != Actor::System
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
            Self::Livechat(fact) => match fact {
                LivechatFact::Created { .. } => "livechat.created",
                LivechatFact::SettingsChanged { .. } => "livechat.settings_changed",
            },
            Self::Operator { fact, .. } => match fact {
                OperatorFact::Registered { .. } => "operator.registered",
                OperatorFact::Connected => "operator.connected",
                OperatorFact::Disconnected { .. } => "operator.disconnected",
                OperatorFact::StatusChanged { .. } => "operator.status_changed",
            },
            Self::Conversation { fact, .. } => fact.name(),
        }
    }

    /// The version of the stored content of this kind of event.
    pub const fn version(&self) -> &'static str {
        "1.0"
    }
}

impl ConversationFact {
    const fn name(&self) -> &'static str {
        match self {
            Self::Requested(_) => "conversation.requested",
            Self::Refused { .. } => "conversation.refused",
            Self::Queued { .. } => "conversation.queued",
            Self::Assigned => "conversation.assigned",
            Self::Left => "conversation.left",
            Self::PickedUp => "conversation.picked_up",
            Self::MessagePosted { .. } => "conversation.message_posted",
            Self::Transferred { .. } => "conversation.transferred",
            Self::TimeoutAnnounced { .. } => "conversation.timeout_announced",
            Self::Ended { .. } => "conversation.ended",
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
