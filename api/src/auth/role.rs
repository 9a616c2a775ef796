//! What the bearer of a token is.

use domain::event::ProgramRole;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the bearer of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The end user: own conversation only.
    Visitor,
    /// Own conversations and the desk.
    Operator,
    /// The whole floor.
    Supervisor,
    /// Projections and exports, never a live conversation.
    Analyst,
    /// Settings and accounts.
    Administrator,
    /// A trusted program that hands visitors over.
    Integration,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Visitor,
        Self::Operator,
        Self::Supervisor,
        Self::Analyst,
        Self::Administrator,
        Self::Integration,
    ];

    /// Its name in tokens and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
            Self::Analyst => "analyst",
            Self::Administrator => "administrator",
            Self::Integration => "integration",
        }
    }
}

impl From<ProgramRole> for Role {
    fn from(role: ProgramRole) -> Self {
        match role {
            ProgramRole::Integration => Self::Integration,
            ProgramRole::Supervisor => Self::Supervisor,
            ProgramRole::Analyst => Self::Analyst,
        }
    }
}
