//! Routing (spec.md §Routing): who gets which conversation.
//!
//! [`Roster`] indexes the operators who may receive conversations, and among them those with room,
//! so that the next one to serve is found without looking at the others. Invariant: the roster is a
//! function of the operators and the settings; it is only touched through [`Roster::add`] and
//! [`Roster::remove`], around each change of an operator.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::operator::Operator;
use super::queue::{Place, Queue};
use crate::Timestamp;
use crate::id::{OperatorId, SkillId};
use crate::settings::Settings;
use crate::settings::skills::Rank;

/// The least common multiple of the capacities 1 to 10: a share of capacity in these units is exact.
const WHOLE_LOAD: usize = 2_520;

/// The order of choice: lowest load first, then longest since the last assignment, then by name so
/// that the choice is always the same.
type Preference = (u16, Option<Timestamp>, OperatorId);

/// Operators who may receive conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    free: BTreeSet<(Rank, Preference)>,
    free_by_skill: BTreeMap<SkillId, BTreeSet<Preference>>,
    receiving: Receiving,
    receiving_by_skill: BTreeMap<SkillId, Receiving>,
}

/// How many may receive, whether they have room or not, and how many conversations they can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Receiving {
    operators: usize,
    conversations: usize,
}

impl Roster {
    /// Indexes an operator in the present state.
    pub fn add(&mut self, id: &OperatorId, operator: &Operator, settings: &Settings) {
        if !operator.may_receive() {
            return;
        }
        let capacity = operator.capacity(&settings.capacity);
        self.receiving.add(capacity);
        for skill in &operator.profile.skills {
            self.receiving_by_skill.entry(skill.clone()).or_default().add(capacity);
        }
        if !operator.has_room(&settings.capacity) {
            return;
        }
        let preference = preference(id, operator, settings);
        for skill in &operator.profile.skills {
            self.free_by_skill.entry(skill.clone()).or_default().insert(preference.clone());
        }
        self.free.insert((settings.skills.rank(&operator.profile.skills), preference));
    }

    /// Removes an operator, whose state must be the one that was added.
    pub fn remove(&mut self, id: &OperatorId, operator: &Operator, settings: &Settings) {
        if !operator.may_receive() {
            return;
        }
        let capacity = operator.capacity(&settings.capacity);
        self.receiving.remove(capacity);
        for skill in &operator.profile.skills {
            if let Some(receiving) = self.receiving_by_skill.get_mut(skill) {
                receiving.remove(capacity);
                if receiving.operators == 0 {
                    self.receiving_by_skill.remove(skill);
                }
            }
        }
        if !operator.has_room(&settings.capacity) {
            return;
        }
        let preference = preference(id, operator, settings);
        for skill in &operator.profile.skills {
            if let Some(free) = self.free_by_skill.get_mut(skill) {
                free.remove(&preference);
                if free.is_empty() {
                    self.free_by_skill.remove(skill);
                }
            }
        }
        self.free.remove(&(settings.skills.rank(&operator.profile.skills), preference));
    }

    /// Connected operators who may receive conversations, whether they have room or not: those with
    /// `skill`, or all.
    pub fn receiving(&self, skill: Option<&SkillId>) -> usize {
        self.receiving_for(skill).operators
    }

    /// How many conversations those operators can hold together, running ones included.
    pub fn capacity(&self, skill: Option<&SkillId>) -> usize {
        self.receiving_for(skill).conversations
    }

    fn receiving_for(&self, skill: Option<&SkillId>) -> Receiving {
        match skill {
            None => self.receiving,
            Some(skill) => self.receiving_by_skill.get(skill).copied().unwrap_or_default(),
        }
    }

    /// The operator who should get a conversation that asks for `skill` (or for none): among those
    /// with room, when none is asked the highest-ranked skill first; then the lowest load, then the
    /// longest since the last assignment.
    pub fn choose(&self, skill: Option<&SkillId>) -> Option<&OperatorId> {
        match skill {
            None => self.free.first().map(|(_, (_, _, id))| id),
            Some(skill) => self.free_by_skill.get(skill)?.first().map(|(_, _, id)| id),
        }
    }

    /// Everybody with room who may get a conversation that asks for `skill` (or for none), best placed
    /// first.
    pub fn free(&self, skill: Option<&SkillId>) -> impl Iterator<Item = &OperatorId> {
        let all = skill.is_none().then(|| self.free.iter().map(|(_, (_, _, id))| id));
        let skilled = skill.and_then(|skill| self.free_by_skill.get(skill));
        all.into_iter().flatten().chain(skilled.into_iter().flatten().map(|(_, _, id)| id))
    }

    /// Has anybody room for anything?
    pub fn has_anybody_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// The next visitor to serve and by whom: the oldest who can be served now.
    pub fn next_to_serve(&self, queue: &Queue) -> Option<(Place, &OperatorId)> {
        if self.free.is_empty() || queue.is_empty() {
            return None;
        }
        queue.heads().into_iter().find_map(|(place, skill)| Some((place, self.choose(skill)?)))
    }
}

impl Receiving {
    const fn add(&mut self, capacity: usize) {
        self.operators += 1;
        self.conversations += capacity;
    }

    const fn remove(&mut self, capacity: usize) {
        self.operators -= 1;
        self.conversations -= capacity;
    }
}

fn preference(id: &OperatorId, operator: &Operator, settings: &Settings) -> Preference {
    let share = operator.load() * WHOLE_LOAD / operator.capacity(&settings.capacity).max(1);
    (u16::try_from(share).unwrap_or(u16::MAX), operator.last_assigned_at, id.clone())
}
