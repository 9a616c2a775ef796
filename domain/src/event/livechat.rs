//! What happens to a livechat.

use serde::{Deserialize, Serialize};

use super::access::Access;
use super::api_key::ApiKeyChange;
use crate::Timestamp;
use crate::id::{ApiKeyId, ConversationId, OperatorId, SkillId, VisitorId};
use crate::settings::Section;
use crate::text::{Language, Name};

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
        /// The whole new section, so that the settings at any past time are one fold away.
        section: Box<Section>,
        /// The revision of the section from now on: 1 for its first change. Absent in logs from before version 1.2.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision: Option<u64>,
    },
    /// A member of staff read a transcript, searched, or took an export.
    Accessed {
        /// What was read.
        access: Access,
    },
    /// A token was issued, and with it the means to act as its subject.
    TokenIssued {
        /// As whom.
        bearer: Bearer,
    },
    /// A key with which a program calls the API was made, changed or revoked.
    ApiKeyChanged {
        /// Which one.
        key: ApiKeyId,
        /// What happened to it.
        change: ApiKeyChange,
    },
    /// The opening hours begin: those of the livechat, or those of one skill.
    Opened {
        /// The skill that has hours of its own; `None` for the livechat.
        skill: Option<SkillId>,
    },
    /// The opening hours are over. Visitors who still wait are released next.
    Closed {
        /// The skill that has hours of its own; `None` for the livechat.
        skill: Option<SkillId>,
    },
    /// An administrator gave the livechat another name or language.
    IdentityChanged {
        /// The name from now on.
        name: Name,
        /// The language phrases fall back to from now on.
        language: Language,
    },
    /// An administrator closed the livechat: no new visitor is admitted. Waiting visitors are released next.
    Shut,
    /// An administrator opened the livechat again.
    Reopened,
    /// The clock of the server was set back: from here on time goes on from `to`. It is the only event that may be
    /// older than the one before it.
    ClockSetBack {
        /// The time of the event before.
        #[serde(with = "crate::timestamp")]
        from: Timestamp,
        /// What the clock shows now; the time of this event.
        #[serde(with = "crate::timestamp")]
        to: Timestamp,
    },
    /// The server was down, and nobody could act: clocks that wait for a person are extended by as much. Open desks are
    /// lost next.
    Interrupted {
        /// The last time at which the server is known to have been up.
        #[serde(with = "crate::timestamp")]
        since: Timestamp,
        /// When it was up again.
        #[serde(with = "crate::timestamp")]
        until: Timestamp,
    },
}

/// As whom the bearer of a token acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bearer {
    /// As an operator.
    Operator(OperatorId),
    /// As the visitor of one conversation.
    Visitor {
        /// Which visitor.
        visitor: VisitorId,
        /// Of which conversation.
        conversation: ConversationId,
    },
}

impl LivechatFact {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "livechat.created",
            Self::SettingsChanged { .. } => "livechat.settings_changed",
            Self::Accessed { .. } => "livechat.accessed",
            Self::TokenIssued { .. } => "livechat.token_issued",
            Self::ApiKeyChanged { .. } => "livechat.api_key_changed",
            Self::Opened { .. } => "livechat.opened",
            Self::Closed { .. } => "livechat.closed",
            Self::IdentityChanged { .. } => "livechat.identity_changed",
            Self::Shut => "livechat.shut",
            Self::Reopened => "livechat.reopened",
            Self::ClockSetBack { .. } => "livechat.clock_set_back",
            Self::Interrupted { .. } => "livechat.interrupted",
        }
    }

    pub(super) fn version(&self) -> &'static str {
        match self {
            Self::SettingsChanged { revision: Some(_), .. } => "1.2",
            Self::SettingsChanged { section, revision: None } => section.version(),
            Self::Created { .. }
            | Self::Accessed { .. }
            | Self::TokenIssued { .. }
            | Self::ApiKeyChanged { .. }
            | Self::Opened { .. }
            | Self::Closed { .. }
            | Self::IdentityChanged { .. }
            | Self::Shut
            | Self::Reopened
            | Self::ClockSetBack { .. }
            | Self::Interrupted { .. } => "1.0",
        }
    }
}
