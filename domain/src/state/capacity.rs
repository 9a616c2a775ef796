//! Capacity (spec.md §Capacity): how many conversations an operator holds at once, and whether there is room for one
//! more. Every conversation on the desk counts, picked up or not, on hold or not.

use super::operator::Operator;
use crate::settings::Capacity;

impl Operator {
    /// How many conversations at once: the operator's own capacity, else the livechat's.
    pub fn capacity(&self, settings: &Capacity) -> usize {
        usize::try_from(self.profile.capacity.unwrap_or(settings.conversations_per_operator)).unwrap_or(0)
    }

    /// How many conversations now.
    pub fn load(&self) -> usize {
        self.conversations.len()
    }

    /// May receive, is really there, and has room for one more.
    pub fn has_room(&self, settings: &Capacity) -> bool {
        self.may_receive() && self.lost_until.is_none() && self.load() < self.capacity(settings)
    }
}
