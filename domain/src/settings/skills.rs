//! Skills (spec.md §Knowledge, canned replies, skills): an ordered list; the order is the priority.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::field::Check;
use crate::id::SkillId;
use crate::limits::SKILLS_MAX;
use crate::text::{Language, Name};

/// The rank of an operator: the best skill he has. Lower is tried first.
pub type Rank = u16;

/// The rank of an operator without any listed skill: tried last.
pub const UNRANKED: Rank = Rank::MAX;

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
}

/// The skills section: at most 200, highest priority first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Skills(pub Vec<Skill>);

impl Skills {
    pub(super) fn check(&self, check: &mut Check) {
        check.must(self.0.len() <= SKILLS_MAX, "skills", "at most 200 skills");
        let distinct: BTreeSet<&SkillId> = self.0.iter().map(|skill| &skill.id).collect();
        check.must(distinct.len() == self.0.len(), "skills", "each skill once");
    }

    /// Is the skill defined?
    pub fn contains(&self, id: &SkillId) -> bool {
        self.0.iter().any(|skill| skill.id == *id)
    }

    /// The rank of somebody with these skills.
    pub fn rank(&self, of: &BTreeSet<SkillId>) -> Rank {
        self.0
            .iter()
            .position(|skill| of.contains(&skill.id))
            .and_then(|position| Rank::try_from(position).ok())
            .unwrap_or(UNRANKED)
    }
}
