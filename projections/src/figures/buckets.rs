//! Hours and days of the livechat: a period cut where the clocks on the wall show a full hour or midnight.
//!
//! A day is as long as it is: 23 or 25 hours when the clocks change. The hour that comes twice in autumn makes two
//! buckets with different offsets, the one that is skipped in spring makes none. The first and the last bucket end with
//! the period.

use chrono::{NaiveTime, TimeDelta, Timelike};
use domain::Timestamp;
use domain::settings::opening_hours::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a period is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Into hours.
    Hour,
    /// Into days.
    Day,
    /// Not at all.
    #[default]
    Total,
}

/// A part of the period: from `from`, before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its start.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub until: Timestamp,
}

/// The parts of a period, in order and without gaps; none when it is empty.
pub fn buckets(zone: &TimeZone, from: Timestamp, until: Timestamp, by: By) -> Vec<Bucket> {
    let mut buckets = vec![];
    let mut at = from;
    while at < until {
        let end = match by {
            By::Hour => next_hour(zone, at),
            By::Day => next_day(zone, at),
            By::Total => until,
        };
        let end = end.min(until);
        buckets.push(Bucket { from: at, until: end });
        at = end;
    }
    buckets
}

/// The time at which the hour that the clocks show is over. Clocks that change by less than an hour may show
/// the middle of one then, and the next part is shorter.
fn next_hour(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let time = zone.wall_clock(at).time();
    let past = TimeDelta::seconds(i64::from(time.minute() * 60 + time.second()))
        + TimeDelta::nanoseconds(i64::from(time.nanosecond()));
    at + (TimeDelta::hours(1) - past)
}

fn next_day(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let tomorrow = zone.wall_clock(at).date_naive().succ_opt();
    let midnight = tomorrow.map(|date| zone.first_instant(date.and_time(NaiveTime::MIN)));
    // No zone has a day of two days, and no period reaches the end of all dates.
    midnight.filter(|midnight| *midnight > at).unwrap_or(at + TimeDelta::days(2))
}

/// The bucket that a time is in.
pub(super) fn index(buckets: &[Bucket], at: Timestamp) -> Option<usize> {
    let index = buckets.partition_point(|bucket| bucket.until <= at);
    buckets.get(index).filter(|bucket| bucket.from <= at).map(|_| index)
}

/// The part of a time that lies in each bucket: the bucket and the milliseconds, only where there are any.
pub(super) fn clip(
    buckets: &[Bucket],
    from: Timestamp,
    until: Timestamp,
) -> impl Iterator<Item = (usize, i64)> + '_ {
    let first = buckets.partition_point(|bucket| bucket.until <= from);
    let met = buckets.iter().enumerate().skip(first).take_while(move |(_, bucket)| bucket.from < until);
    met.map(move |(index, bucket)| {
        (index, (until.min(bucket.until) - from.max(bucket.from)).num_milliseconds())
    })
    .filter(|(_, millis)| *millis > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    /// The buckets as the clocks on the wall show their beginnings.
    fn told(zone: &str, from: &str, until: &str, by: By) -> Vec<String> {
        let zone = TimeZone(zone.to_owned());
        let all = buckets(&zone, at(from), at(until), by);
        assert!(all.windows(2).all(|pair| pair[0].until == pair[1].from), "without gaps");
        all.iter().map(|bucket| zone.wall_clock(bucket.from).format("%dT%H:%M%:z").to_string()).collect()
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_buckets() {
        let hours = told("Europe/Paris", "2026-10-25T01:00:00+02:00", "2026-10-25T04:00:00+01:00", By::Hour);
        assert_eq!(hours, ["25T01:00+02:00", "25T02:00+02:00", "25T02:00+01:00", "25T03:00+01:00"]);
    }

    #[test]
    fn the_hour_that_is_skipped_is_none() {
        let hours = told("Europe/Paris", "2026-03-29T01:30:00+01:00", "2026-03-29T04:00:00+02:00", By::Hour);
        assert_eq!(hours, ["29T01:30+01:00", "29T03:00+02:00"]);
    }

    #[test]
    fn a_day_has_23_or_25_hours_when_the_clocks_change() {
        let zone = TimeZone::default();
        let lengths = |from: &str, until: &str| -> Vec<i64> {
            let all = buckets(&zone, at(from), at(until), By::Day);
            all.iter().map(|bucket| (bucket.until - bucket.from).num_hours()).collect()
        };
        assert_eq!(lengths("2026-03-28T00:00:00+01:00", "2026-03-31T00:00:00+02:00"), [24, 23, 24]);
        assert_eq!(lengths("2026-10-24T00:00:00+02:00", "2026-10-27T00:00:00+01:00"), [24, 25, 24]);
    }

    #[test]
    fn clocks_that_change_by_half_an_hour_show_full_hours_all_the_same() {
        let hours =
            told("Australia/Lord_Howe", "2026-04-05T01:00:00+11:00", "2026-04-05T04:00:00+10:30", By::Hour);
        assert_eq!(hours, ["05T01:00+11:00", "05T01:30+10:30", "05T02:00+10:30", "05T03:00+10:30"]);
        let kathmandu = told("Asia/Kathmandu", "2026-04-05T00:00:00Z", "2026-04-05T02:00:00Z", By::Hour);
        assert_eq!(kathmandu, ["05T05:45+05:45", "05T06:00+05:45", "05T07:00+05:45"]);
    }

    #[test]
    fn a_time_is_clipped_to_the_buckets_it_meets() {
        let all = buckets(
            &TimeZone("UTC".into()),
            at("2026-01-01T10:00:00Z"),
            at("2026-01-01T13:00:00Z"),
            By::Hour,
        );
        let clipped = |from, until| clip(&all, at(from), at(until)).collect::<Vec<_>>();
        assert_eq!(clipped("2026-01-01T09:00:00Z", "2026-01-01T11:30:00Z"), [(0, 3_600_000), (1, 1_800_000)]);
        assert_eq!(clipped("2026-01-01T12:59:59Z", "2026-01-02T00:00:00Z"), [(2, 1_000)]);
        assert_eq!(clipped("2026-01-01T08:00:00Z", "2026-01-01T10:00:00Z"), []);
        assert_eq!(clipped("2026-01-01T10:30:00Z", "2026-01-01T10:30:00Z"), []);
        assert_eq!(index(&all, at("2026-01-01T11:00:00Z")), Some(1));
        assert_eq!(index(&all, at("2026-01-01T13:00:00Z")), None);
        assert_eq!(index(&all, at("2026-01-01T09:59:59Z")), None);
    }
}
