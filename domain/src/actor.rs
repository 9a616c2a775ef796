//! The author of a command or an event.

use serde::{Deserialize, Serialize};

use crate::id::{OperatorId, StaffId, VisitorId};

/// The true author of a command and of the events it caused (spec.md §Glossary).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The end user who chats.
    Visitor(VisitorId),
    /// The person who answers visitors.
    Operator(OperatorId),
    /// Sees the floor, helps, steps in.
    Supervisor(StaffId),
    /// Changes settings and accounts.
    Administrator(StaffId),
    /// Reads projections and takes exports; that is all an analyst does.
    Analyst(StaffId),
    /// A trusted program that hands visitors over and may relay their words.
    Integration(StaffId),
    /// A timer or a rule of Pupitre itself. An event by the system is *decided*; every other is *observed*.
    System,
}

impl Actor {
    /// The kind of actor, in one word.
    pub const fn role(&self) -> &'static str {
        match self {
            Self::Visitor(_) => "visitor",
            Self::Operator(_) => "operator",
            Self::Supervisor(_) => "supervisor",
            Self::Administrator(_) => "administrator",
            Self::Analyst(_) => "analyst",
            Self::Integration(_) => "integration",
            Self::System => "system",
        }
    }

    /// The identifier within the role; empty for the system.
    pub fn subject(&self) -> &str {
        match self {
            Self::Visitor(id) => id.as_str(),
            Self::Operator(id) => id.as_str(),
            Self::Supervisor(id) | Self::Administrator(id) | Self::Analyst(id) | Self::Integration(id) => {
                id.as_str()
            }
            Self::System => "",
        }
    }
}
