//! Versions of surveys: a change makes a new one, so that an answer always finds the questions it was
//! given to.
//!
//! The number of a version is never given twice to the same id, also when a survey is removed and comes
//! back. [`Versions`] remembers that: it is kept beside the section, and updated with every section that comes into
//! force.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Survey, Surveys};
use crate::id::SurveyId;
use crate::limits::SURVEY_VERSIONS_MAX;

/// The highest version that each survey ever had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    highest: BTreeMap<SurveyId, u32>,
    /// No survey that was forgotten had a higher version. 0 as long as nothing was forgotten.
    #[serde(default)]
    forgotten: u32,
}

impl Versions {
    /// Takes note of a section that comes into force.
    ///
    /// At most 1,000 surveys are remembered; of those no longer in force the one with the lowest version
    /// is forgotten first.
    pub fn note(&mut self, in_force: &Surveys) {
        for survey in &in_force.0 {
            let highest = self.highest.entry(survey.id.clone()).or_default();
            *highest = survey.version.max(*highest);
        }
        while self.highest.len() > SURVEY_VERSIONS_MAX {
            let removed = self.highest.iter().filter(|(id, _)| in_force.get(id).is_none());
            let Some((id, version)) = removed.min_by_key(|(_, version)| **version) else { return };
            let (id, version) = (id.clone(), *version);
            self.highest.remove(&id);
            self.forgotten = self.forgotten.max(version);
        }
    }

    /// The highest version given to this survey; 0 when none was.
    pub fn highest(&self, id: &SurveyId) -> u32 {
        self.highest.get(id).copied().unwrap_or(self.forgotten)
    }
}

impl Surveys {
    /// This section as it comes into force after `before`, when `used` are the versions of all times.
    ///
    /// A survey whose content is the same keeps its version; one that changed gets the next, and a new
    /// one 1, or more once surveys were forgotten. The versions that this section came with are ignored.
    #[must_use]
    pub fn with_versions(&self, before: &Self, used: &Versions) -> Self {
        let versioned = |survey: &Survey| {
            let version = match before.get(&survey.id) {
                Some(old) if old.content_equals(survey) => old.version,
                Some(old) => used.highest(&survey.id).max(old.version).saturating_add(1),
                None => used.highest(&survey.id).saturating_add(1),
            };
            Survey { version, ..survey.clone() }
        };
        Self(self.0.iter().map(versioned).collect())
    }

    /// The same surveys, whatever the versions?
    pub(crate) fn content_equals(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(one, other)| one.content_equals(other))
    }
}

impl Survey {
    /// The same survey, whatever the versions?
    fn content_equals(&self, other: &Self) -> bool {
        let Self { id, version: _, name, title, audience, fields } = self;
        *id == other.id
            && *name == other.name
            && *title == other.title
            && *audience == other.audience
            && *fields == other.fields
    }
}
