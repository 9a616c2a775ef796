//! Validation of input, field by field: every wrong field is named, with what it allows.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::text::{Language, fits};

/// One wrong field and what it allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field, as a path in the request (`capacity.queue_per_operator`).
    pub field: String,
    /// What the field allows, in words.
    pub allowed: String,
}

impl FieldError {
    /// A wrong field.
    pub fn new(field: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { field: field.into(), allowed: allowed.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.allowed)
    }
}

impl std::error::Error for FieldError {}

/// What a number allows: for those who describe a field before anybody gets it wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The field, as in [`FieldError::field`].
    pub field: String,
    /// The least value allowed.
    pub minimum: String,
    /// The greatest value allowed.
    pub maximum: String,
    /// What is counted, in words, with the meaning of special values in brackets: `minutes (0 = off)`.
    pub unit: String,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} {}", self.minimum, self.maximum, self.unit)
    }
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
        unit: &str,
    ) {
        let allowed = Range {
            field: field.to_owned(),
            minimum: range.start().to_string(),
            maximum: range.end().to_string(),
            unit: unit.to_owned(),
        };
        if !range.contains(value) {
            self.wrong(field, allowed.to_string());
        }
        self.ranges.push(allowed);
    }

    /// `value` must have 1 to `max` characters, without NUL.
    pub fn text(&mut self, field: impl Into<String>, value: &str, max: usize) {
        if !fits(value, max) {
            self.wrong(field, format!("1 to {max} characters, without NUL"));
        }
    }

    /// There must be a text in at least one language, each of 1 to `max` characters, without NUL.
    pub fn texts<T: AsRef<str>>(&mut self, field: &str, texts: &BTreeMap<Language, T>, max: usize) {
        self.must(!texts.is_empty(), field, "a text in at least one language");
        for (language, text) in texts {
            self.text(format!("{field}.{}", language.code()), text.as_ref(), max);
        }
    }

    /// Records that `field` is wrong.
    pub fn wrong(&mut self, field: impl Into<String>, allowed: impl Into<String>) {
        self.wrong.push(FieldError::new(field, allowed));
    }

    /// `condition` must hold for `field`.
    pub fn must(&mut self, condition: bool, field: &str, allowed: &str) {
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
