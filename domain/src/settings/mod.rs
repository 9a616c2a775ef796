//! The settings of a livechat, section by section (spec.md §Settings).
//!
//! A section is validated as a whole and replaced as a whole: a bad field names itself and nothing is
//! half applied. Numbers are read wide and checked after, so that every value out of range is told its
//! range. Changes take effect at once; timers already running keep the deadline they have.
//! One file per section: that file holds its keys, units, ranges, defaults and validation. A new
//! section is one file, one line in each of [`Settings`], [`Section`] and [`SectionName`].

pub mod capacity;
pub mod phrases;
pub mod skills;
pub mod timeouts;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::field::{Check, FieldError, Range};

pub use capacity::Capacity;
pub use phrases::{Phrase, Phrases};
pub use skills::{Skill, Skills};
pub use timeouts::Timeouts;

/// All settings in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Settings {
    /// How many conversations at once, and how many may wait.
    pub capacity: Capacity,
    /// Clocks of a conversation.
    pub timeouts: Timeouts,
    /// Automatic sentences.
    pub phrases: Phrases,
    /// Ordered skills.
    pub skills: Skills,
}

/// One section with its new content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// See [`Capacity`].
    Capacity(Capacity),
    /// See [`Timeouts`].
    Timeouts(Timeouts),
    /// See [`Phrases`].
    Phrases(Phrases),
    /// See [`Skills`].
    Skills(Skills),
}

/// The name of a section, as in its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SectionName {
    /// See [`Capacity`].
    Capacity,
    /// See [`Timeouts`].
    Timeouts,
    /// See [`Phrases`].
    Phrases,
    /// See [`Skills`].
    Skills,
}

impl SectionName {
    /// Every section. A test compares it with the fields of [`Settings`].
    pub const ALL: &[Self] = &[Self::Capacity, Self::Timeouts, Self::Phrases, Self::Skills];
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl Section {
    /// Which section this is.
    pub const fn name(&self) -> SectionName {
        match self {
            Self::Capacity(_) => SectionName::Capacity,
            Self::Timeouts(_) => SectionName::Timeouts,
            Self::Phrases(_) => SectionName::Phrases,
            Self::Skills(_) => SectionName::Skills,
        }
    }

    /// Checks every field of the section.
    ///
    /// # Errors
    /// All wrong fields, each with what it allows.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::new();
        self.check(&mut check);
        check.finish()
    }

    /// The range and the unit of every number of the section that has one.
    pub fn ranges(&self) -> Vec<Range> {
        let mut check = Check::new();
        self.check(&mut check);
        check.ranges()
    }

    fn check(&self, check: &mut Check) {
        match self {
            Self::Capacity(section) => section.check(check),
            Self::Timeouts(section) => section.check(check),
            Self::Phrases(section) => section.check(check),
            Self::Skills(section) => section.check(check),
        }
    }
}

impl Settings {
    /// The content of one section.
    pub fn section(&self, name: SectionName) -> Section {
        match name {
            SectionName::Capacity => Section::Capacity(self.capacity.clone()),
            SectionName::Timeouts => Section::Timeouts(self.timeouts.clone()),
            SectionName::Phrases => Section::Phrases(self.phrases.clone()),
            SectionName::Skills => Section::Skills(self.skills.clone()),
        }
    }

    /// Replaces one section.
    pub fn replace(&mut self, section: Section) {
        match section {
            Section::Capacity(section) => self.capacity = section,
            Section::Timeouts(section) => self.timeouts = section,
            Section::Phrases(section) => self.phrases = section,
            Section::Skills(section) => self.skills = section,
        }
    }
}
