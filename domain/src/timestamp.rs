//! Points in time, and how an event says when it happened.
//!
//! Every event does, so the usual form of RFC 3339, `2026-01-05T10:00:00.123Z`, is written and read here without the
//! generality of a library; every other form goes through `chrono`. The output is the same either way.

use std::fmt;
use std::ops::{Range, RangeInclusive};

use chrono::{Datelike, NaiveDate, SecondsFormat, TimeDelta, Timelike};
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

use crate::bilingual::{Bilingual, both};
use crate::limits::CLOCK_HELD_SECS;

/// A point in time, in UTC, to the millisecond.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// The first and the last time allowed here, in milliseconds since 1970: the beginning of the year 1 and the end of the
/// year 9999, which four digits can express and every database and calendar supports.
const MILLIS: RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// The times that a request may give, in words.
pub const ALLOWED: Bilingual =
    both("a moment from 0001-01-01 to 9999-12-31 in UTC", "un instant du 0001-01-01 au 9999-12-31 en UTC");

/// The times that a request may give where they are shown in a local time zone, in words.
pub const ALLOWED_EVERYWHERE: Bilingual =
    both("a moment from 0001-01-02 to 9999-12-30 in UTC", "un instant du 0001-01-02 au 9999-12-30 en UTC");

/// Was a clock that showed `before` and now shows `now` set back by more than is held (spec.md §Time)?
pub fn was_set_back(before: Timestamp, now: Timestamp) -> bool {
    before - now > TimeDelta::seconds(CLOCK_HELD_SECS)
}

/// Is this time in the years 1 to 9999? What comes from outside is checked before anything is
/// computed with it or a database sees it.
pub fn is_allowed(at: Timestamp) -> bool {
    MILLIS.contains(&at.timestamp_millis())
}

/// Does that hold in every time zone, too?
pub fn is_allowed_everywhere(at: Timestamp) -> bool {
    const DAY: i64 = 86_400_000;
    (MILLIS.start() + DAY..=MILLIS.end() - DAY).contains(&at.timestamp_millis())
}

/// The time itself, or the nearest that is allowed.
///
/// A log may hold any time, since it was not always checked: its readers get none that a calendar or a database would
/// reject. This does not make a time in a request pass [`is_allowed_everywhere`].
pub fn nearest_allowed(at: Timestamp) -> Timestamp {
    if is_allowed(at) {
        return at;
    }
    let millis = at.timestamp_millis().clamp(*MILLIS.start(), *MILLIS.end());
    Timestamp::from_timestamp_millis(millis).unwrap_or_default()
}

/// Does something with a time as text in UTC, always with three decimals, so that text sorts by time:
/// `2026-01-05T10:00:00.000Z`. Finer fractions are cut off.
pub fn with_millis<R>(at: Timestamp, then: impl FnOnce(&str) -> R) -> R {
    match usual(at).as_ref().and_then(|bytes| str::from_utf8(bytes).ok()) {
        Some(text) => then(text),
        None => then(&at.to_rfc3339_opts(SecondsFormat::Millis, true)),
    }
}

const NANOS_PER_MILLI: u32 = 1_000_000;

/// Bytes of a time with its milliseconds.
const USUAL_BYTES: usize = 24;

pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let nanos = at.nanosecond();
    // `chrono` writes as many decimals as there are, in threes.
    if nanos == 0 || !nanos.is_multiple_of(NANOS_PER_MILLI) {
        return serde::Serialize::serialize(at, serializer);
    }
    with_millis(*at, |text| serializer.serialize_str(text))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    struct Moment;

    impl Visitor<'_> for Moment {
        type Value = Timestamp;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an RFC 3339 date and time")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
            let at = parse_usual(text.as_bytes()).map_or_else(|| text.parse().map_err(E::custom), Ok);
            at.map(nearest_allowed)
        }
    }

    deserializer.deserialize_str(Moment)
}

/// The same for a time that may be absent.
pub(crate) mod optional {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Timestamp;

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => super::serialize(at, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        #[derive(Deserialize)]
        struct Moment(#[serde(with = "super")] Timestamp);
        Ok(Option::<Moment>::deserialize(deserializer)?.map(|Moment(at)| at))
    }
}

/// The time in its usual form; nothing for one that has none: in a year of other than four digits, or in a leap
/// second.
fn usual(at: Timestamp) -> Option<[u8; USUAL_BYTES]> {
    let (year, nanos) = (u32::try_from(at.year()).ok().filter(|year| *year <= 9_999)?, at.nanosecond());
    if nanos >= 1_000 * NANOS_PER_MILLI {
        return None;
    }
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let mut write = |range: Range<usize>, mut number: u32| {
        for digit in text[range].iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
    };
    write(0..4, year);
    write(5..7, at.month());
    write(8..10, at.day());
    write(11..13, at.hour());
    write(14..16, at.minute());
    write(17..19, at.second());
    write(20..23, nanos / NANOS_PER_MILLI);
    Some(text)
}

fn parse_usual(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; USUAL_BYTES] = text.try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
    if marks.iter().any(|(place, mark)| text[*place] != *mark) {
        return None;
    }
    let read = |range: Range<usize>| {
        text[range].iter().try_fold(0, |number: u32, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })
    };
    let year = i32::try_from(read(0..4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, read(5..7)?, read(8..10)?)?;
    let time = date.and_hms_milli_opt(read(11..13)?, read(14..16)?, read(17..19)?, read(20..23)?)?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Said {
        #[serde(with = "super")]
        at: Timestamp,
    }

    #[derive(Serialize, Deserialize)]
    struct Plain {
        at: Timestamp,
    }

    #[test]
    fn a_time_is_written_as_chrono_writes_it_and_is_read_back() {
        let centuries = (-80_000..300_000).map(|days| i64::from(days) * 86_399_123);
        let finer = [0, 1, 999, 1_000, 999_999_999, -1, -1_000, 253_402_300_799_999, 253_402_300_800_000];
        for millis in centuries.step_by(97).chain(finer) {
            let at = Timestamp::from_timestamp_millis(millis).unwrap();
            let json = serde_json::to_string(&Said { at }).unwrap();
            assert_eq!(json, serde_json::to_string(&Plain { at }).unwrap());
            let read = serde_json::from_str::<Said>(&json).unwrap();
            assert_eq!(read, Said { at: nearest_allowed(at) });
            assert_eq!(read.at == at, is_allowed(at));
            assert_eq!(with_millis(at, str::to_owned), at.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_is_read_as_the_nearest_in_it() {
        let read = |text: &str| serde_json::from_str::<Said>(&format!(r#"{{"at":"{text}"}}"#)).unwrap().at;
        for (text, nearest) in [
            ("+262142-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"),
            ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999Z"),
            ("0001-01-01T00:00:00+00:01", "0001-01-01T00:00:00Z"),
            ("0000-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
            ("-262143-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(text), nearest.parse::<Timestamp>().unwrap(), "{text}");
            assert!(!is_allowed_everywhere(read(text)), "{text}");
        }
        for text in ["0001-01-02T00:00:00Z", "9999-12-30T23:59:59.999Z", "1969-12-31T23:59:59.999Z"] {
            assert_eq!(read(text), text.parse::<Timestamp>().unwrap(), "{text}");
            assert!(is_allowed_everywhere(read(text)), "{text}");
        }
    }

    #[test]
    fn other_forms_and_finer_moments_are_read_as_chrono_reads_them() {
        for text in [
            "2026-01-05T10:00:00Z",
            "2026-01-05T10:00:00.5Z",
            "2026-01-05T10:00:00.123456Z",
            "2026-01-05T12:00:00.123+02:00",
            "2026-01-05 10:00:00.123Z",
            "2016-12-31T23:59:60.123Z",
            "+12026-01-05T10:00:00.123Z",
            "2026-02-30T10:00:00.123Z",
            "2026-01-05T24:00:00.123Z",
            "2026-01-05T10:00:00.12éZ",
            "",
        ] {
            let json = format!("{{\"at\":\"{text}\"}}");
            let plain = serde_json::from_str::<Plain>(&json).map(|plain| nearest_allowed(plain.at)).ok();
            let said = serde_json::from_str::<Said>(&json).map(|said| said.at).ok();
            assert_eq!(said, plain, "{text}");
            if let Some(at) = said {
                let again = serde_json::to_string(&Said { at }).unwrap();
                assert_eq!(again, serde_json::to_string(&Plain { at }).unwrap());
                assert_eq!(with_millis(at, str::to_owned), at.to_rfc3339_opts(SecondsFormat::Millis, true));
            }
        }
    }
}
