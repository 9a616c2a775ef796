//! The queue: one per livechat, oldest first, indexed by the skill asked for.
//!
//! A visitor whom no free operator can serve does not block those behind: each skill (and "none
//! asked") has its own line, and the routing compares only the heads of the lines.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{ConversationId, SkillId};

/// A place in the queue: by the order of arrival, whatever a clock that was set back said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The sequence number of the request in the livechat.
    pub request: u64,
    /// When the visitor asked.
    pub requested_at: Timestamp,
    /// Whose place it is.
    pub conversation: ConversationId,
}

/// The visitors who wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    everyone: BTreeSet<Place>,
    unskilled: BTreeSet<Place>,
    by_skill: BTreeMap<SkillId, BTreeSet<Place>>,
}

impl Queue {
    /// Somebody starts to wait.
    pub fn enter(&mut self, place: Place, skill: Option<&SkillId>) {
        self.everyone.insert(place);
        match skill {
            None => self.unskilled.insert(place),
            Some(skill) => self.by_skill.entry(skill.clone()).or_default().insert(place),
        };
    }

    /// Somebody stops waiting.
    pub fn exit(&mut self, place: &Place, skill: Option<&SkillId>) {
        self.everyone.remove(place);
        let Some(skill) = skill else {
            self.unskilled.remove(place);
            return;
        };
        if let Some(line) = self.by_skill.get_mut(skill) {
            line.remove(place);
            if line.is_empty() {
                self.by_skill.remove(skill);
            }
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.everyone.len()
    }

    /// Does nobody wait?
    pub fn is_empty(&self) -> bool {
        self.everyone.is_empty()
    }

    /// How many wait for `skill`.
    pub fn len_for(&self, skill: &SkillId) -> usize {
        self.by_skill.get(skill).map_or(0, BTreeSet::len)
    }

    /// The position that `place` has or would have, from 1. It takes time in proportion to the position.
    pub fn position_of(&self, place: &Place) -> usize {
        self.everyone.range(..place).count() + 1
    }

    /// The oldest place of each line, oldest first.
    pub fn heads(&self) -> Vec<(Place, Option<&SkillId>)> {
        let skilled = self.by_skill.iter().filter_map(|(skill, line)| Some((*line.first()?, Some(skill))));
        let mut heads: Vec<_> =
            self.unskilled.first().map(|place| (*place, None)).into_iter().chain(skilled).collect();
        heads.sort_unstable_by_key(|(place, _)| *place);
        heads
    }

    /// Everybody who waits, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.everyone.iter()
    }
}
