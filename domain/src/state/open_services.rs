//! Which services are open, and when that changes next (spec.md §Opening hours).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::SkillId;

/// Which services are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceHours {
    pub(crate) livechat: ServiceState,
    pub(crate) skills: BTreeMap<SkillId, ServiceState>,
}

/// Whether one service is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceState {
    pub(crate) open: bool,
    pub(crate) changes_at: Option<Timestamp>,
}

impl Default for ServiceState {
    fn default() -> Self {
        Self { open: true, changes_at: None }
    }
}

impl ServiceHours {
    /// Is the service for requests with this skill (or with none) open?
    pub fn is_open(&self, skill: Option<&SkillId>) -> bool {
        skill.and_then(|skill| self.skills.get(skill)).unwrap_or(&self.livechat).open
    }

    /// Has the service for requests with this skill (or with none) closed on somebody who has waited since
    /// `since`? A visitor who asked just when it opens, before that is recorded, waits for the opening.
    pub(crate) fn has_closed_on(&self, skill: Option<&SkillId>, since: Timestamp) -> bool {
        let opening = skill.and_then(|skill| self.skills.get(skill)).unwrap_or(&self.livechat);
        !opening.open && opening.changes_at.is_none_or(|opens_at| since < opens_at)
    }

    /// When the service of `skill`, which has hours of its own, or of the livechat opens or closes next.
    pub fn changes_at(&self, skill: Option<&SkillId>) -> Option<Timestamp> {
        self.slot(skill)?.changes_at
    }

    /// Every service with its next change.
    pub fn changes(&self) -> impl Iterator<Item = (Option<&SkillId>, Option<Timestamp>)> {
        let skills = self.skills.iter().map(|(skill, opening)| (Some(skill), opening.changes_at));
        std::iter::once((None, self.livechat.changes_at)).chain(skills)
    }

    /// Whether the service of `skill`, which has hours of its own, or of the livechat was open when last told.
    pub(crate) fn slot_is_open(&self, skill: Option<&SkillId>) -> bool {
        self.slot(skill).is_none_or(|opening| opening.open)
    }

    pub(crate) fn slot(&self, skill: Option<&SkillId>) -> Option<&ServiceState> {
        match skill {
            None => Some(&self.livechat),
            Some(skill) => self.skills.get(skill),
        }
    }
}
