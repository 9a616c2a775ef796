//! What can be asked of a livechat. One line per use case; each is explained and decided in its file.

use crate::Instant;
use crate::actor::Actor;
use crate::conversation::request::Request;
use crate::conversation::transfer::Transfer;
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
    ChangeSettings(Box<Section>),

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
