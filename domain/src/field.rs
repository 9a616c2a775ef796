//! Validation of input, field by field: every wrong field is named, with what it allows.

mod reader;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use crate::bilingual::{Bilingual, both};
use crate::both;
use crate::language::Language;
use crate::limits::WRONG_FIELDS_MAX;

pub use reader::of_reader;

/// One wrong field and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field, as a path in the request (`capacity.queue_per_operator`).
    pub field: String,
    /// What the field allows, in words.
    pub allowed: Bilingual,
}

impl FieldError {
    /// A wrong field.
    pub fn new(field: impl Into<String>, allowed: Bilingual) -> Self {
        Self { field: field.into(), allowed }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.allowed)
    }
}

impl std::error::Error for FieldError {}

impl FieldError {
    /// The error in both languages.
    pub fn message(&self) -> Bilingual {
        let (en, fr) = (self.allowed.text(Language::En), self.allowed.text(Language::Fr));
        Bilingual::new(format!("{}: {en}", self.field), format!("{}\u{a0}: {fr}", self.field))
    }

    /// The error as one text ([`Bilingual::as_one`]): through a reader of JSON, which takes nothing else.
    pub(crate) fn as_one(&self) -> String {
        format!("{}: {}", self.field, self.allowed.as_one())
    }
}

/// The range of a number, for describing a field before anybody gets it wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The field, as in [`FieldError::field`].
    pub field: String,
    /// The least value allowed.
    pub minimum: String,
    /// The greatest value allowed.
    pub maximum: String,
    /// What is counted, in words, with the meaning of special values in brackets: `minutes (0 = off)`.
    pub unit: Bilingual,
}

impl Range {
    /// The range in words.
    pub fn allowed(&self) -> Bilingual {
        let Self { minimum, maximum, unit, .. } = self;
        let (en, fr) = (unit.text(Language::En), unit.text(Language::Fr));
        Bilingual::new(format!("{minimum} to {maximum} {en}"), format!("{minimum} à {maximum} {fr}"))
    }
}

/// Is `value` between 1 and `max` characters, without the NUL that databases refuse?
pub(crate) fn fits(value: &str, max: usize) -> bool {
    // A string of at most `max` bytes has at most `max` characters: the count is rarely needed.
    !value.is_empty() && (value.len() <= max || value.chars().count() <= max) && !value.contains('\0')
}

/// Collects the wrong fields of one request, so that all are named at once.
#[derive(Debug, Default)]
pub struct Check {
    wrong: Vec<FieldError>,
    ranges: Vec<Range>,
}

impl Check {
    /// Nothing checked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `value` must lie in `range`, expressed in `unit`.
    pub fn range<T: PartialOrd + fmt::Display>(
        &mut self,
        field: &str,
        value: &T,
        range: &RangeInclusive<T>,
        unit: Bilingual,
    ) {
        let allowed = Range {
            field: field.to_owned(),
            minimum: range.start().to_string(),
            maximum: range.end().to_string(),
            unit,
        };
        if !range.contains(value) {
            self.wrong(field, allowed.allowed());
        }
        self.ranges.push(allowed);
    }

    /// `value` must have 1 to `max` characters, without NUL.
    pub fn text(&mut self, field: impl Into<String>, value: &str, max: usize) {
        if !fits(value, max) {
            self.wrong(field, both!("1 to {max} characters, without NUL", "1 à {max} caractères, sans NUL"));
        }
    }

    /// There must be a text in at least one language, each of 1 to `max` characters, without NUL.
    pub fn texts<T: AsRef<str>>(&mut self, field: &str, texts: &BTreeMap<Language, T>, max: usize) {
        self.must(
            !texts.is_empty(),
            field,
            both("a text in at least one language", "un texte dans au moins une langue"),
        );
        for (language, text) in texts {
            self.text(format!("{field}.{}", language.code()), text.as_ref(), max);
        }
    }

    /// Records that `field` is wrong; of the first [`WRONG_FIELDS_MAX`], since more are of no help.
    pub fn wrong(&mut self, field: impl Into<String>, allowed: Bilingual) {
        if self.wrong.len() < WRONG_FIELDS_MAX {
            self.wrong.push(FieldError::new(field, allowed));
        }
    }

    /// `condition` must hold for `field`.
    pub fn must(&mut self, condition: bool, field: &str, allowed: Bilingual) {
        if !condition {
            self.wrong(field, allowed);
        }
    }

    /// All wrong fields, or nothing.
    ///
    /// # Errors
    /// The wrong fields, in the order they were checked.
    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong) }
    }

    /// Every range that was checked, whether the value was in it or not.
    pub fn ranges(self) -> Vec<Range> {
        self.ranges
    }
}
