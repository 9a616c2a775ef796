//! Operators: the people who answer. One file per use case.

pub mod change_status;
pub mod connect;
pub mod disconnect;
pub mod register;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::actor::Actor;
use crate::id::{ConversationId, OperatorId, SkillId};
use crate::rejection::Rejection;
use crate::settings::Capacity;
use crate::text::Name;

/// What an operator is doing (spec.md §Statuses). No status touches running conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Receives new conversations.
    #[default]
    Available,
    /// Does not receive new conversations.
    OnBreak,
}

impl Status {
    /// May an operator in this status be given a new conversation?
    pub const fn receives(self) -> bool {
        match self {
            Self::Available => true,
            Self::OnBreak => false,
        }
    }
}

/// What an administrator says of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name visitors see.
    pub name: Name,
    /// What the operator can be asked about.
    #[serde(default)]
    pub skills: BTreeSet<SkillId>,
    /// The operator's own capacity, 1 to 10 conversations; it wins over the livechat's in both directions.
    #[serde(default)]
    pub capacity: Option<i64>,
}

/// An operator as the rules see him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// What the administrator said.
    pub profile: Profile,
    /// Since when a desk is open; `None` when none is.
    pub connected_since: Option<Instant>,
    /// What the operator is doing.
    pub status: Status,
    /// Conversations assigned and not ended, picked up or not.
    pub conversations: BTreeSet<ConversationId>,
    /// When a conversation was last given, for fairness among equals.
    pub last_assigned_at: Option<Instant>,
}

impl Operator {
    /// An operator who was just registered.
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            connected_since: None,
            status: Status::Available,
            conversations: BTreeSet::new(),
            last_assigned_at: None,
        }
    }

    /// How many conversations at once: the operator's own capacity, else the livechat's.
    pub fn capacity(&self, settings: &Capacity) -> usize {
        usize::try_from(self.profile.capacity.unwrap_or(settings.conversations_per_operator)).unwrap_or(0)
    }

    /// How many conversations now.
    pub fn load(&self) -> usize {
        self.conversations.len()
    }

    /// Connected, and in a status that receives.
    pub const fn may_receive(&self) -> bool {
        self.connected_since.is_some() && self.status.receives()
    }

    /// May receive, and has room for one more.
    pub fn has_room(&self, settings: &Capacity) -> bool {
        self.may_receive() && self.load() < self.capacity(settings)
    }

    /// Has the skill, if one is asked.
    pub fn can_serve(&self, skill: Option<&SkillId>) -> bool {
        skill.is_none_or(|skill| self.profile.skills.contains(skill))
    }
}

/// The operator himself, or the system that watches the connections.
fn only_self_or_system(by: &Actor, id: &OperatorId, action: &'static str) -> Result<(), Rejection> {
    match by {
        Actor::System => Ok(()),
        Actor::Operator(operator) if operator == id => Ok(()),
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Integration(_) => Err(Rejection::Forbidden { role: by.role(), action }),
    }
}
