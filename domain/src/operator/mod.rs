//! Operators: the people who answer. One file per use case; `shift.rs` is the rule of their own
//! working hours.

pub mod change_status;
pub mod connect;
pub mod disconnect;
pub mod lose_connection;
pub mod register;
pub mod remove;
pub mod shift;
pub mod suspend;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::actor::Actor;
use crate::bilingual::Bilingual;
use crate::id::{ConversationId, OperatorId, SkillId};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::settings::Capacity;
use crate::settings::hours::Schedule;
use crate::text::{Address, Name, Received};

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
    /// Optional; does not receive new conversations.
    Training,
    /// Optional; does not receive new conversations.
    Phone,
    /// Optional; does not receive new conversations.
    WithSupervisor,
    /// Optional; does not receive new conversations.
    NoNewConversation,
    /// Optional; receives new conversations, and the visitors are shown that the operator is looking for
    /// information.
    Searching,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Available => "available",
            Self::OnBreak => "on_break",
            Self::Training => "training",
            Self::Phone => "phone",
            Self::WithSupervisor => "with_supervisor",
            Self::NoNewConversation => "no_new_conversation",
            Self::Searching => "searching",
        })
    }
}

impl Status {
    /// Every status, in the order of the settings page.
    pub const ALL: [Self; 7] = [
        Self::Available,
        Self::OnBreak,
        Self::Training,
        Self::Phone,
        Self::WithSupervisor,
        Self::NoNewConversation,
        Self::Searching,
    ];

    /// May an operator in this status be given a new conversation?
    pub const fn receives(self) -> bool {
        match self {
            Self::Available | Self::Searching => true,
            Self::OnBreak | Self::Training | Self::Phone | Self::WithSupervisor | Self::NoNewConversation => {
                false
            }
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
    /// The operator's own address, where copies of conversations go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<Address>>,
    /// The operator's own working hours, in the time zone of the livechat; without them, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Schedule>,
}

impl Profile {
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        texts.read("name", &mut self.name);
        texts.read_if_any("email", &mut self.email);
        if let Some(hours) = &mut self.hours {
            hours.read_texts("hours.", texts);
        }
    }
}

/// An operator as the rules see him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// What the administrator said.
    pub profile: Profile,
    /// Since when a desk is open; `None` when none is.
    pub connected_since: Option<Instant>,
    /// When the operator counts as disconnected, if the connection is lost and does not come back.
    pub lost_until: Option<Instant>,
    /// Within the operator's own working hours, or without such hours.
    pub on_shift: bool,
    /// When the next shift begins or ends.
    pub shift_changes_at: Option<Instant>,
    /// What the operator is doing.
    pub status: Status,
    /// Conversations assigned and not ended, picked up or not.
    pub conversations: BTreeSet<ConversationId>,
    /// When a conversation was last given, for fairness among equals.
    pub last_assigned_at: Option<Instant>,
    /// May neither connect nor be given anything.
    pub suspended: bool,
    /// Goes as soon as nothing is on the desk any more.
    pub removed: bool,
    /// Which profile this is: the how-manieth change of the staff of this livechat gave it. So no revision of
    /// an operator ever comes again.
    pub revision: u64,
    /// Which tokens are good: those issued since this change of the staff.
    pub tokens: u64,
}

impl Operator {
    /// An operator who was just registered, by the how-manieth change of the staff.
    pub const fn new(profile: Profile, change: u64) -> Self {
        Self {
            profile,
            connected_since: None,
            lost_until: None,
            on_shift: true,
            shift_changes_at: None,
            status: Status::Available,
            conversations: BTreeSet::new(),
            last_assigned_at: None,
            suspended: false,
            removed: false,
            revision: change,
            tokens: change,
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

    /// Connected, in a status that receives, within working hours, not suspended.
    ///
    /// An operator whose connection is lost for a moment counts here, so that a page that is loaded again
    /// is nobody's reason to be refused, but has no room.
    pub const fn may_receive(&self) -> bool {
        self.connected_since.is_some() && self.status.receives() && self.on_shift && !self.suspended
    }

    /// May receive, is really there, and has room for one more.
    pub fn has_room(&self, settings: &Capacity) -> bool {
        self.may_receive() && self.lost_until.is_none() && self.load() < self.capacity(settings)
    }

    /// Looks for information: connected, in the status that says so.
    pub fn searches(&self) -> bool {
        self.connected_since.is_some() && self.status == Status::Searching
    }

    /// Has the skill, if one is asked.
    pub fn can_serve(&self, skill: Option<&SkillId>) -> bool {
        skill.is_none_or(|skill| self.profile.skills.contains(skill))
    }
}

/// The operator himself, or the system that watches the connections.
fn only_self_or_system(by: &Actor, id: &OperatorId, action: Bilingual) -> Result<(), Rejection> {
    match by {
        Actor::System => Ok(()),
        Actor::Operator(operator) if operator == id => Ok(()),
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_) => Err(Rejection::Forbidden { role: by.role(), action }),
    }
}
