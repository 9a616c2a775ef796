//! One range of a day on the wall clock, and what makes the ranges of one day valid.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::limits::HOURS_RANGES_PER_DAY_MAX;

/// Minutes in a day on the wall clock.
const DAY: u16 = 24 * 60;

/// A time of the day, to the minute: `00:00` to `24:00`.
///
/// Any text is read, and what is not a time is kept as such: the validation of the section then names it
/// together with everything else that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, example = "09:00"))]
#[serde(from = "String", into = "String")]
pub struct ClockTime(Option<u16>);

/// Open from a time (included) to another (excluded), on the day it is written for.
///
/// With `to` not after `from` it goes past midnight: `22:00` to `02:00` on Friday ends on Saturday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TimeRange {
    /// The first minute that is open: `00:00` to `23:59`.
    pub from: ClockTime,
    /// The first minute that is closed again: `00:00` to `24:00`, not equal to `from`.
    pub to: ClockTime,
}

impl ClockTime {
    /// Reads `HH:MM`, two digits each.
    pub fn parse(text: &str) -> Self {
        Self(minutes_of(text))
    }

    /// Minutes since the midnight that starts the day: 0 to 1,440; `None` when what was read is no time.
    pub const fn minutes(self) -> Option<u16> {
        self.0
    }
}

impl From<String> for ClockTime {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(minutes) => write!(f, "{:02}:{:02}", minutes / 60, minutes % 60),
            None => f.write_str("--:--"),
        }
    }
}

impl TimeRange {
    /// The range between two times, each read as `HH:MM`.
    pub fn parse(from: &str, to: &str) -> Self {
        Self { from: ClockTime::parse(from), to: ClockTime::parse(to) }
    }

    /// From and to in minutes since the midnight that starts the day; past midnight `to` is beyond
    /// 1,440. `None` for what validation refuses.
    pub(super) fn minutes(self) -> Option<(u16, u16)> {
        let (from, to) = (self.from.0?, self.to.0?);
        if from == DAY || from == to {
            return None;
        }
        Some((from, if to < from { to + DAY } else { to }))
    }

    fn check(self, path: &str, check: &mut Check) {
        if self.from.0.is_none_or(|from| from == DAY) {
            check.wrong(
                format!("{path}.from"),
                both("a time from 00:00 to 23:59, written HH:MM", "une heure de 00:00 à 23:59, écrite HH:MM"),
            );
        }
        if self.to.0.is_none() {
            check.wrong(
                format!("{path}.to"),
                both("a time from 00:00 to 24:00, written HH:MM", "une heure de 00:00 à 24:00, écrite HH:MM"),
            );
        } else if self.from == self.to {
            check.wrong(
                format!("{path}.to"),
                both(
                    "another time than `from`; the whole day is 00:00 to 24:00",
                    "une autre heure que `from`\u{202f}; le jour entier s’écrit 00:00 à 24:00",
                ),
            );
        }
    }
}

/// The ranges of one day: few, each valid, none over another. They may touch, and be in any order.
///
/// A range past midnight may reach into the ranges of the next day, and the two are then one opening:
/// that is what `20:00` to `02:00` on Friday and `00:00` to `04:00` on Saturday mean.
pub(super) fn check_day(ranges: &[TimeRange], path: &str, check: &mut Check) {
    if ranges.len() > HOURS_RANGES_PER_DAY_MAX {
        check.wrong(
            path,
            both!(
                "at most {HOURS_RANGES_PER_DAY_MAX} ranges a day",
                "{HOURS_RANGES_PER_DAY_MAX} plages par jour au plus"
            ),
        );
        return;
    }
    for (index, range) in ranges.iter().enumerate() {
        range.check(&format!("{path}[{index}]"), check);
    }
    let mut in_order: Vec<(u16, u16, usize)> = ranges
        .iter()
        .enumerate()
        .filter_map(|(index, range)| range.minutes().map(|(from, to)| (from, to, index)))
        .collect();
    in_order.sort_unstable();
    let mut open_until = 0;
    for (from, to, index) in in_order {
        if from < open_until {
            check.wrong(
                format!("{path}[{index}].from"),
                both("outside the other ranges of the day", "en dehors des autres plages du jour"),
            );
        }
        open_until = open_until.max(to);
    }
}

fn minutes_of(text: &str) -> Option<u16> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let time = hours * 60 + minutes;
    (minutes < 60 && time <= DAY).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_two_digits_a_colon_and_two_digits() {
        for (text, minutes) in [("00:00", 0), ("09:30", 570), ("23:59", 1_439), ("24:00", 1_440)] {
            assert_eq!(ClockTime::parse(text).minutes(), Some(minutes));
            assert_eq!(ClockTime::parse(text).to_string(), text);
        }
        for bad in
            ["", "9:30", "09:60", "24:01", "25:00", "0930", "09h30", "09:30:00", " 9:30", "+9:30", "é:30"]
        {
            assert_eq!(ClockTime::parse(bad).minutes(), None, "{bad}");
        }
    }
}
