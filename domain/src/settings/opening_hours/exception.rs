//! A date with its own ranges: a holiday, or a special opening.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::range::{self, TimeRange};
use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::limits::HOURS_LABEL_CHARACTERS_MAX;
use crate::text::{Received, Rule};

/// A year outside is a typing error, and the rules of the time zones are only written down until 2100.
const YEARS: RangeInclusive<i32> = 2000..=2100;

/// One date whose ranges replace those of its weekday.
///
/// A range past midnight belongs to the day it starts on: a closing on the 25th does not cut short what
/// opened on the 24th at 22:00, and what opens on the 25th goes on into the 26th.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The date, in the time zone of the livechat: 2000 to 2100.
    pub date: NaiveDate,
    /// The ranges of that date: at most 10; none = closed.
    #[serde(default)]
    pub ranges: Vec<TimeRange>,
    /// Why, for those who read the settings: at most 100 characters.
    #[serde(default)]
    pub label: String,
}

impl Exception {
    pub(super) fn read_texts(&mut self, path: &str, texts: &mut Received) {
        let rule = Rule::line(HOURS_LABEL_CHARACTERS_MAX).or_blank();
        texts.with(rule, &format!("{path}.label"), &mut self.label);
    }

    pub(super) fn check(&self, path: &str, check: &mut Check) {
        check.range(&format!("{path}.date"), &self.date.year(), &YEARS, both("as the year", "pour l’année"));
        range::check_day(&self.ranges, &format!("{path}.ranges"), check);
        if self.label.contains('\0') || self.label.chars().count() > HOURS_LABEL_CHARACTERS_MAX {
            check.wrong(
                format!("{path}.label"),
                both!(
                    "at most {HOURS_LABEL_CHARACTERS_MAX} characters, without NUL",
                    "{HOURS_LABEL_CHARACTERS_MAX} caractères au plus, sans NUL"
                ),
            );
        }
    }
}
