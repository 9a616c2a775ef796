//! The state of an operator.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::event::Profile;
use crate::id::{ConversationId, SkillId};
use crate::settings::Status;

/// An operator as the rules see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// What the administrator said.
    pub profile: Profile,
    /// Since when a desk is open; `None` when none is.
    pub connected_since: Option<Timestamp>,
    /// When the operator counts as disconnected, if the connection is lost and does not come back.
    pub lost_until: Option<Timestamp>,
    /// Within the operator's own working hours, or without such hours.
    pub on_shift: bool,
    /// When the next shift begins or ends.
    pub shift_changes_at: Option<Timestamp>,
    /// What the operator is doing.
    pub status: Status,
    /// Conversations assigned and not ended, picked up or not.
    pub conversations: BTreeSet<ConversationId>,
    /// When a conversation was last given, for fairness among equals.
    pub last_assigned_at: Option<Timestamp>,
    /// May neither connect nor be given anything.
    pub suspended: bool,
    /// Goes as soon as nothing is on the desk any more.
    pub removed: bool,
    /// The revision of the profile: the number of the change of the staff that gave it, so that no revision of an
    /// operator is ever used twice.
    pub revision: u64,
    /// Which tokens are valid: those issued since the change of the staff with this number.
    pub tokens: u64,
}

impl Operator {
    /// An operator who was just registered, by the change of the staff with this number.
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

    /// Connected, in a status that receives, within working hours, not suspended.
    ///
    /// An operator whose connection is lost for a moment counts here, so that a page that is loaded again
    /// is nobody's reason to be refused, but has no room.
    pub const fn may_receive(&self) -> bool {
        self.connected_since.is_some() && self.status.receives() && self.on_shift && !self.suspended
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
