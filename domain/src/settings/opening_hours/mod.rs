//! Opening hours (spec.md §Opening hours): when a livechat, a skill or an operator is open.
//!
//! | file | concept |
//! |---|---|
//! | [`range`] | one range of a day, `09:00` to `12:30`, and what makes the ranges of one day valid |
//! | [`exception`] | one date with its own ranges instead of those of its weekday |
//! | [`zone`] | the time zone, and which instant a wall-clock time is |
//! | [`calendar`] | all of it read as a calendar: is it open, when does it close, what changes next |
//!
//! A calendar takes its instants from the caller and gives the same answer for ever with the same rules
//! of time zones. Those rules change with the releases of the IANA database: what depended on the
//! calendar is recorded as an event, never computed again from the log.

pub mod calendar;
pub mod exception;
pub mod range;
pub mod zone;

use std::collections::BTreeSet;

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::limits::HOURS_EXCEPTIONS_MAX;
use crate::text::Received;

pub use calendar::Calendar;
pub use exception::Exception;
pub use range::{ClockTime, TimeRange};
pub use zone::TimeZone;

/// The opening hours section: those of the livechat. By default it is always open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OpeningHours {
    /// The time zone of the wall clock: an IANA name, `Europe/Paris` by default. The hours of the skills and
    /// of the operators are in it too.
    pub time_zone: TimeZone,
    /// The ranges of each weekday; absent = open day and night, an empty week = closed but for the
    /// exceptions.
    pub week: Option<Week>,
    /// Dates with other ranges: at most 400, each date once, in any order.
    pub exceptions: Vec<Exception>,
}

/// The hours of a skill or of an operator, in the time zone of the livechat. By default always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// The ranges of each weekday; absent = day and night, an empty week = never but for the exceptions.
    pub week: Option<Week>,
    /// Dates with other ranges: at most 400, each date once, in any order.
    pub exceptions: Vec<Exception>,
}

/// The ranges of each weekday: at most 10 a day, in any order, not overlapping; none = closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Monday.
    pub monday: Vec<TimeRange>,
    /// Tuesday.
    pub tuesday: Vec<TimeRange>,
    /// Wednesday.
    pub wednesday: Vec<TimeRange>,
    /// Thursday.
    pub thursday: Vec<TimeRange>,
    /// Friday.
    pub friday: Vec<TimeRange>,
    /// Saturday.
    pub saturday: Vec<TimeRange>,
    /// Sunday.
    pub sunday: Vec<TimeRange>,
}

impl OpeningHours {
    pub(super) fn read_texts(&mut self, texts: &mut Received) {
        read_labels(&mut self.exceptions, "", texts);
    }

    /// Checks every field; paths start at the section (`week.monday[1].to`).
    pub fn check(&self, check: &mut Check) {
        check.must(
            self.time_zone.is_known(),
            "time_zone",
            both(
                "the IANA name of a time zone, such as Europe/Paris",
                "le nom IANA d’un fuseau horaire, tel que Europe/Paris",
            ),
        );
        check_hours(self.week.as_ref(), &self.exceptions, "", check);
    }
}

impl Schedule {
    pub(crate) fn read_texts(&mut self, path: &str, texts: &mut Received) {
        read_labels(&mut self.exceptions, path, texts);
    }

    /// Checks every field; paths start with `path`, which ends in a dot (`skills[2].hours.`) or is empty.
    pub fn check(&self, path: &str, check: &mut Check) {
        check_hours(self.week.as_ref(), &self.exceptions, path, check);
    }
}

impl Week {
    /// The ranges of one weekday.
    pub fn on(&self, weekday: Weekday) -> &[TimeRange] {
        match weekday {
            Weekday::Mon => &self.monday,
            Weekday::Tue => &self.tuesday,
            Weekday::Wed => &self.wednesday,
            Weekday::Thu => &self.thursday,
            Weekday::Fri => &self.friday,
            Weekday::Sat => &self.saturday,
            Weekday::Sun => &self.sunday,
        }
    }

    /// The weekdays under their names in the settings, Monday first.
    fn days(&self) -> [(&'static str, &[TimeRange]); 7] {
        [
            ("monday", &self.monday),
            ("tuesday", &self.tuesday),
            ("wednesday", &self.wednesday),
            ("thursday", &self.thursday),
            ("friday", &self.friday),
            ("saturday", &self.saturday),
            ("sunday", &self.sunday),
        ]
    }
}

fn read_labels(exceptions: &mut [Exception], path: &str, texts: &mut Received) {
    for (index, exception) in exceptions.iter_mut().take(HOURS_EXCEPTIONS_MAX).enumerate() {
        exception.read_texts(&format!("{path}exceptions[{index}]"), texts);
    }
}

fn check_hours(week: Option<&Week>, exceptions: &[Exception], path: &str, check: &mut Check) {
    for (day, ranges) in week.iter().flat_map(|week| week.days()) {
        range::check_day(ranges, &format!("{path}week.{day}"), check);
    }
    if exceptions.len() > HOURS_EXCEPTIONS_MAX {
        // Not read any further: naming thousands of dates would help nobody.
        check.wrong(
            format!("{path}exceptions"),
            both!("at most {HOURS_EXCEPTIONS_MAX} dates", "{HOURS_EXCEPTIONS_MAX} dates au plus"),
        );
        return;
    }
    let mut dates = BTreeSet::new();
    for (index, exception) in exceptions.iter().enumerate() {
        let path = format!("{path}exceptions[{index}]");
        exception.check(&path, check);
        if !dates.insert(exception.date) {
            check.wrong(format!("{path}.date"), both("each date once", "chaque date une seule fois"));
        }
    }
}
