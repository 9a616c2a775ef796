//! What can be asked of a livechat. One line per use case; each is explained and decided in its file.

use crate::Instant;
use crate::actor::Actor;
use crate::conversation::request::Request;
use crate::conversation::transfer::Transfer;
use crate::event::{ConversationFact, Fact, LivechatFact, OperatorFact};
use crate::id::{ConversationId, OperatorId};
use crate::operator::disconnect::DisconnectReason;
use crate::operator::{Profile, Status};
use crate::settings::Section;
use crate::text::{Language, Name, Text};

/// A request to change something: when, by whom, what.
#[derive(Clone, Debug)]
pub struct Command {
    /// When it is asked. A clock that was set back is held at the time of the last event.
    pub at: Instant,
    /// Who asks.
    pub by: Actor,
    /// What is asked.
    pub action: Action,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Action {
    /// Time has passed: fire what is due. See [`crate::timer`].
    Tick,

    /// See [`crate::livechat::create`].
    CreateLivechat {
        /// Its name.
        name: Name,
        /// The language phrases fall back to.
        language: Language,
    },
    /// See [`crate::livechat::change_settings`].
    ChangeSettings {
        /// The whole new section.
        section: Box<Section>,
        /// The revision that is to be replaced, when its author knows it. Another one in force refuses the
        /// change, so that nobody overwrites what he has not seen.
        expected: Option<u64>,
    },

    /// See [`crate::operator::register`].
    RegisterOperator(OperatorId, Profile),
    /// See [`crate::operator::connect`].
    ConnectOperator(OperatorId),
    /// See [`crate::operator::disconnect`].
    DisconnectOperator(OperatorId, DisconnectReason),
    /// See [`crate::operator::change_status`].
    ChangeStatus(OperatorId, Status),

    /// See [`crate::conversation::request`].
    RequestConversation(ConversationId, Box<Request>),
    /// See [`crate::conversation::leave`].
    LeaveQueue(ConversationId),
    /// See [`crate::conversation::pick_up`].
    PickUp(ConversationId),
    /// See [`crate::conversation::write`].
    Write(ConversationId, Text),
    /// See [`crate::conversation::transfer`].
    Transfer(ConversationId, Transfer),
    /// See [`crate::conversation::end`].
    End(ConversationId),
}

impl Action {
    /// Could `fact` be what this action made happen first? A command that is repeated has to be the same
    /// one; a client that reuses an idempotency key for something else must not be told that it is done.
    pub fn is_told_by(&self, fact: &Fact) -> bool {
        match (self, fact) {
            (
                Self::CreateLivechat { name, language },
                Fact::Livechat(LivechatFact::Created { name: n, language: l }),
            ) => (name, language) == (n, l),
            (
                Self::ChangeSettings { section: new, .. },
                Fact::Livechat(LivechatFact::SettingsChanged { section }),
            ) => new == section,
            (
                Self::RegisterOperator(id, new),
                Fact::Operator { operator, fact: OperatorFact::Registered { profile } },
            ) => id == operator && new == profile,
            (Self::ConnectOperator(id), Fact::Operator { operator, fact: OperatorFact::Connected })
            | (
                Self::DisconnectOperator(id, _),
                Fact::Operator { operator, fact: OperatorFact::Disconnected { .. } },
            ) => id == operator,
            (
                Self::ChangeStatus(id, new),
                Fact::Operator { operator, fact: OperatorFact::StatusChanged { status } },
            ) => id == operator && new == status,
            (_, Fact::Conversation { conversation, fact, .. }) => self.is_told_of(*conversation, fact),
            (_, Fact::Livechat(_) | Fact::Operator { .. }) => false,
        }
    }

    fn is_told_of(&self, conversation: ConversationId, fact: &ConversationFact) -> bool {
        match (self, fact) {
            (Self::RequestConversation(id, request), ConversationFact::Requested(told)) => {
                *id == conversation && request == told
            }
            (Self::Write(id, text), ConversationFact::MessagePosted { text: told, .. }) => {
                *id == conversation && text == told.reveal()
            }
            (Self::Transfer(id, transfer), ConversationFact::Transferred { target, .. }) => {
                *id == conversation && transfer.to == *target
            }
            (Self::LeaveQueue(id), ConversationFact::Left)
            | (Self::PickUp(id), ConversationFact::PickedUp)
            | (Self::End(id), ConversationFact::Ended { .. }) => *id == conversation,
            _ => false,
        }
    }
}
