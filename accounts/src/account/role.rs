//! What an account may be in a livechat.

use domain::{LivechatId, OperatorId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an account is in a livechat. It may be several at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Settings and accounts.
    Administrator,
    /// The whole floor.
    Supervisor,
    /// Own conversations and the desk.
    Operator,
    /// Read models and exports, never a live conversation.
    Analyst,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Administrator, Self::Supervisor, Self::Operator, Self::Analyst];

    /// Its name, as in the API and as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Supervisor => "supervisor",
            Self::Operator => "operator",
            Self::Analyst => "analyst",
        }
    }

    /// The role of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A role in a livechat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The livechat.
    pub livechat: LivechatId,
    /// The role.
    pub role: Role,
    /// Of an operator: which one of that livechat. No two accounts are the same operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
}
