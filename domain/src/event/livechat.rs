//! What happens to a livechat.

use serde::{Deserialize, Serialize};

use crate::id::SkillId;
use crate::livechat::access::Access;
use crate::livechat::issue_token::Bearer;
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
        /// The whole new section, so that the settings of any past moment are one fold away.
        section: Box<Section>,
    },
    /// Somebody on the staff read a transcript, searched, or took an export.
    Accessed {
        /// What was read.
        access: Access,
    },
    /// Somebody was given a token, and with it the means to act as another.
    TokenIssued {
        /// As whom.
        bearer: Bearer,
    },
    /// The opening hours begin: those of the livechat, or those of one skill.
    Opened {
        /// The skill that has hours of its own; `None` for the livechat.
        skill: Option<SkillId>,
    },
    /// The opening hours are over. Those who still wait are released next.
    Closed {
        /// The skill that has hours of its own; `None` for the livechat.
        skill: Option<SkillId>,
    },
}

impl LivechatFact {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "livechat.created",
            Self::SettingsChanged { .. } => "livechat.settings_changed",
            Self::Accessed { .. } => "livechat.accessed",
            Self::TokenIssued { .. } => "livechat.token_issued",
            Self::Opened { .. } => "livechat.opened",
            Self::Closed { .. } => "livechat.closed",
        }
    }

    pub(super) fn version(&self) -> &'static str {
        match self {
            Self::SettingsChanged { section } => section.version(),
            Self::Created { .. }
            | Self::Accessed { .. }
            | Self::TokenIssued { .. }
            | Self::Opened { .. }
            | Self::Closed { .. } => "1.0",
        }
    }
}
