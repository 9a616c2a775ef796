//! The commands of a livechat. One line per use case; each is explained and decided in its file.

use crate::Timestamp;
use crate::actor::Actor;
use crate::conversation::ConversationAction;
use crate::conversation::ConversationAction as Do;
use crate::event::Access;
use crate::event::ApiKeyChange;
use crate::event::Bearer;
use crate::event::DisconnectReason;
use crate::event::Profile;
use crate::event::{Fact, LivechatFact, OperatorFact};
use crate::id::{ApiKeyId, ConversationId, OperatorId};
use crate::livechat::rename::Renaming;
use crate::patch::Patch;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::Section;
use crate::settings::Status;
use crate::text::{Language, Name};

/// A request to change something: its time, author and action.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its time. A clock that was set back is held at the time of the last event.
    pub at: Timestamp,
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
        /// change, so that nobody overwrites what they have not seen.
        expected: Option<u64>,
    },

    /// Change some fields of a section. See [`crate::livechat::change_settings`].
    PatchSettings {
        /// The whole section as it is with the patch.
        section: Box<Section>,
        /// The revision that was patched.
        expected: u64,
        /// What was asked for.
        patch: Patch,
    },
    /// See [`crate::livechat::rename`].
    RenameLivechat(Renaming),
    /// See `livechat/shut.rs`.
    CloseLivechat,
    /// See `livechat/shut.rs`.
    ReopenLivechat,

    /// See [`crate::livechat::access`].
    RecordAccess(Access),
    /// See [`crate::livechat::issue_token`].
    IssueToken(Bearer),
    /// Record what happened to a key of a program. See [`crate::livechat::api_key`].
    RecordApiKey(ApiKeyId, ApiKeyChange),

    /// See [`crate::operator::register`].
    RegisterOperator(OperatorId, Box<Profile>),
    /// Change the profile of an operator who is registered. See [`crate::operator::register`].
    ChangeProfile {
        /// Whose.
        operator: OperatorId,
        /// The whole profile.
        profile: Box<Profile>,
        /// The revision that is to be replaced, when its author knows it.
        expected: Option<u64>,
        /// What was asked for, when that was only some fields.
        patch: Option<Patch>,
    },
    /// See [`crate::operator::suspend`].
    SuspendOperator(OperatorId),
    /// See [`crate::operator::suspend`].
    ReinstateOperator(OperatorId),
    /// See [`crate::operator::remove`]: whom, and at which revision of the profile, when its author knows it.
    RemoveOperator(OperatorId, Option<u64>),
    /// See [`crate::operator::connect`].
    ConnectOperator(OperatorId),
    /// See [`crate::operator::lose_connection`].
    LoseConnection(OperatorId),
    /// See [`crate::operator::disconnect`].
    DisconnectOperator(OperatorId, DisconnectReason),
    /// See [`crate::operator::change_status`].
    ChangeStatus(OperatorId, Status),

    /// Do something with one conversation, or begin it. See [`crate::conversation`].
    Conversation(ConversationId, ConversationAction),
}

/// The most lines of the exchange with the bot that a short request has.
const SHORT_HISTORY_LINES: usize = 20;

impl Action {
    /// May it be so large that handling it takes milliseconds? A section may have a mebibyte, and its consequences may
    /// concern every waiting visitor; a request has the exchange with the bot.
    pub fn is_long(&self) -> bool {
        if let Self::Conversation(_, Do::Request(request) | Do::RequestAgain(request)) = self {
            return request.history.len() > SHORT_HISTORY_LINES;
        }
        matches!(self, Self::ChangeSettings { .. } | Self::PatchSettings { .. })
    }

    /// The conversation that this begins, with an id that must not be in the log, and the refusal if it is. The state
    /// remembers ids only for a while, so the caller has to look in the log.
    pub fn must_be_new(&self) -> Option<(ConversationId, Rejection)> {
        let Self::Conversation(id, Do::Request(_)) = self else { return None };
        Some((*id, ConversationRejection::Exists(*id).into()))
    }

    /// The conversation that is to change; none for a request, which begins a new one.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::Conversation(id, action) if !matches!(action, Do::Request(_)) => Some(*id),
            Self::Conversation(..)
            | Self::Tick
            | Self::CreateLivechat { .. }
            | Self::ChangeSettings { .. }
            | Self::PatchSettings { .. }
            | Self::RenameLivechat(_)
            | Self::CloseLivechat
            | Self::ReopenLivechat
            | Self::RecordAccess(_)
            | Self::IssueToken(_)
            | Self::RecordApiKey(..)
            | Self::RegisterOperator(..)
            | Self::ChangeProfile { .. }
            | Self::SuspendOperator(_)
            | Self::ReinstateOperator(_)
            | Self::RemoveOperator(..)
            | Self::ConnectOperator(_)
            | Self::LoseConnection(_)
            | Self::DisconnectOperator(..)
            | Self::ChangeStatus(..) => None,
        }
    }

    /// Could `fact` be the first event of this action? A repeated command has to be the same one: a client that reuses
    /// an idempotency key for another command must not get its success.
    pub fn is_recorded_as(&self, fact: &Fact) -> bool {
        match (self, fact) {
            (
                Self::CreateLivechat { name, language },
                Fact::Livechat(LivechatFact::Created { name: n, language: l }),
            ) => (name, language) == (n, l),
            (
                Self::ChangeSettings { section: new, .. },
                Fact::Livechat(LivechatFact::SettingsChanged { section, .. }),
            ) => match (&**new, &**section) {
                // The rules gave each survey its version.
                (Section::Surveys(new), Section::Surveys(told)) => new.content_equals(told),
                (new, told) => new == told,
            },
            (
                Self::PatchSettings { section, patch, .. },
                Fact::Livechat(LivechatFact::SettingsChanged { section: told, .. }),
            ) => section.name() == told.name() && patch.holds_in(told),
            (Self::RenameLivechat(new), Fact::Livechat(fact)) => new.is_recorded_as(fact),
            (Self::CloseLivechat, Fact::Livechat(LivechatFact::Shut))
            | (Self::ReopenLivechat, Fact::Livechat(LivechatFact::Reopened)) => true,
            (Self::RecordAccess(new), Fact::Livechat(LivechatFact::Accessed { access })) => new == access,
            (Self::IssueToken(new), Fact::Livechat(LivechatFact::TokenIssued { bearer })) => new == bearer,
            (Self::RecordApiKey(id, new), Fact::Livechat(LivechatFact::ApiKeyChanged { key, change })) => {
                (id, new) == (key, change)
            }
            (
                Self::ChangeProfile { operator: id, profile: new, patch, .. },
                Fact::Operator { operator, fact: OperatorFact::Registered { profile } },
            ) => id == operator && patch.as_ref().map_or(new == profile, |patch| patch.holds_for(profile)),
            (Self::SuspendOperator(id), Fact::Operator { operator, fact: OperatorFact::Suspended })
            | (Self::ReinstateOperator(id), Fact::Operator { operator, fact: OperatorFact::Reinstated })
            | (Self::RemoveOperator(id, _), Fact::Operator { operator, fact: OperatorFact::Removed }) => {
                id == operator
            }
            (
                Self::RegisterOperator(id, new),
                Fact::Operator { operator, fact: OperatorFact::Registered { profile } },
            ) => id == operator && new == profile,
            (
                Self::ConnectOperator(id),
                Fact::Operator { operator, fact: OperatorFact::Connected | OperatorFact::Reconnected },
            )
            | (
                Self::LoseConnection(id),
                Fact::Operator { operator, fact: OperatorFact::ConnectionLost { .. } },
            )
            | (
                Self::DisconnectOperator(id, _),
                Fact::Operator { operator, fact: OperatorFact::Disconnected { .. } },
            ) => id == operator,
            (
                Self::ChangeStatus(id, new),
                Fact::Operator { operator, fact: OperatorFact::StatusChanged { status } },
            ) => id == operator && new == status,
            (Self::Conversation(id, new), Fact::Conversation { conversation, operator, fact }) => {
                id == conversation && new.is_recorded_as(fact, operator.as_ref())
            }
            (_, Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. }) => false,
        }
    }
}
