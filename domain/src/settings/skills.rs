//! Skills (spec.md §Knowledge, canned replies, skills): an ordered list; the order is the priority.
//!
//! A skill may have its own places in the queue, which replace the product of [`super::capacity`] for
//! requests with that skill, and its own opening hours.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::opening_hours::Schedule;
use super::stored::Stored;
use crate::bilingual::both;
use crate::field::Check;
use crate::id::SkillId;
use crate::limits::{NAME_CHARACTERS_MAX, SKILLS_MAX};
use crate::text::{Language, Name, Received, Rule};

/// The rank of an operator: their best skill. Lower is tried first.
pub type Rank = u16;

/// The rank of an operator without any listed skill: tried last.
pub const UNRANKED: Rank = Rank::MAX;

/// More than a thousand people waiting for one skill are no longer a queue.
const QUEUE_CAPACITY: RangeInclusive<i64> = 0..=1_000;

/// One skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// Its identifier, unique in the livechat.
    pub id: SkillId,
    /// Its name per language.
    #[serde(default)]
    pub name: BTreeMap<Language, Name>,
    /// Visitors who may wait for this skill, in total: 0 to 1,000. Without it, the places of the livechat
    /// are shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1000, default = json!(null)))]
    pub queue_capacity: Option<i64>,
    /// When this skill can be asked for, in the time zone of the livechat; without it, the hours of the
    /// livechat hold. With it, they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Schedule>,
}

/// The skills section: at most 200, highest priority first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Skills(pub Vec<Skill>);

impl Skill {
    /// What it is called in this language; in another, if it has no name in it; by its identifier, if it has none.
    pub fn called(&self, language: Language) -> &str {
        let name = self.name.get(&language).or_else(|| self.name.values().next());
        name.map_or(self.id.as_str(), Name::as_str)
    }
}

impl Stored for Skills {
    // 1.0 had neither queues nor hours of their own, and is still what is written without them.
    fn version(&self) -> &'static str {
        if self.have_queues_or_hours() { "1.1" } else { "1.0" }
    }
}

impl Skills {
    pub(super) fn read_texts(&mut self, texts: &mut Received) {
        for (index, skill) in self.0.iter_mut().enumerate() {
            let path = format!("skills[{index}]");
            texts.identifier(&format!("{path}.id"), skill.id.as_str());
            texts.each(Rule::name(NAME_CHARACTERS_MAX), &format!("{path}.name"), &mut skill.name);
            if let Some(hours) = &mut skill.hours {
                hours.read_texts(&format!("{path}.hours."), texts);
            }
        }
    }

    pub(super) fn check(&self, check: &mut Check) {
        check.must(
            self.0.len() <= SKILLS_MAX,
            "skills",
            both("at most 200 skills", "200 compétences au plus"),
        );
        let distinct: BTreeSet<&SkillId> = self.0.iter().map(|skill| &skill.id).collect();
        check.must(
            distinct.len() == self.0.len(),
            "skills",
            both("each skill once", "chaque compétence une seule fois"),
        );
        for (index, skill) in self.0.iter().enumerate() {
            if let Some(capacity) = &skill.queue_capacity {
                let field = format!("skills[{index}].queue_capacity");
                check.range(
                    &field,
                    capacity,
                    &QUEUE_CAPACITY,
                    both("visitors who wait", "internautes en attente"),
                );
            }
            if let Some(hours) = &skill.hours {
                hours.check(&format!("skills[{index}].hours."), check);
            }
        }
    }

    /// One skill.
    pub fn get(&self, id: &SkillId) -> Option<&Skill> {
        self.0.iter().find(|skill| skill.id == *id)
    }

    /// What each is called in this language; in another, if it has no name in it; by its identifier, if it has none.
    pub fn names(&self, language: Language) -> BTreeMap<String, String> {
        self.0.iter().map(|skill| (skill.id.to_string(), skill.called(language).to_owned())).collect()
    }

    pub(super) fn have_queues_or_hours(&self) -> bool {
        self.0.iter().any(|skill| skill.queue_capacity.is_some() || skill.hours.is_some())
    }

    /// Is the skill defined?
    pub fn contains(&self, id: &SkillId) -> bool {
        self.0.iter().any(|skill| skill.id == *id)
    }

    /// The rank of an operator with these skills.
    pub fn rank(&self, of: &BTreeSet<SkillId>) -> Rank {
        self.0
            .iter()
            .position(|skill| of.contains(&skill.id))
            .and_then(|position| Rank::try_from(position).ok())
            .unwrap_or(UNRANKED)
    }
}
