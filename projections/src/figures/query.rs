//! What can be asked for: a period, how it is cut, and what it is broken down by.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::Timestamp;
use domain::settings::Figures as FiguresSettings;
use domain::settings::opening_hours::TimeZone;

use super::aggregate::Limits;
use super::buckets::{Bucket, By, buckets};
use super::definitions::Per;

/// Days in a period at most.
pub const DAYS_MAX: i64 = 400;
/// Days in a period that is cut into hours.
pub const HOURS_DAYS_MAX: i64 = 62;
/// Rows in an answer: hours or days times operators or skills.
pub const ROWS_MAX: usize = 20_000;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// The start of the period.
    pub from: Edge,
    /// Its end, exclusive.
    pub until: Edge,
    /// How it is cut.
    pub by: By,
    /// What figures are broken down by.
    pub per: Per,
    /// Seconds of the service level, if not those of the settings.
    pub service_level_secs: Option<i64>,
    /// Now: what has not ended is counted up to this time.
    pub now: Timestamp,
}

/// An end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A time.
    Time(Timestamp),
    /// The start of a date, by the clocks of the livechat.
    Date(NaiveDate),
}

/// Why a period has no figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It ends before it has begun.
    Empty,
    /// It has more days than this.
    TooLong(i64),
    /// There would be more than [`ROWS_MAX`] rows.
    TooManyRows,
}

/// What contacts are measured against.
pub(super) fn limits(query: &Query, settings: &FiguresSettings) -> Limits {
    Limits {
        in_time_ms: query.service_level_secs.unwrap_or(settings.service_level_seconds) * 1_000,
        short_abandon_ms: settings.short_abandon_seconds * 1_000,
    }
}

/// Both ends of the period.
pub(super) fn ends(zone: &TimeZone, query: &Query) -> (Timestamp, Timestamp) {
    let moment = |edge| match edge {
        Edge::Time(at) => at,
        Edge::Date(date) => zone.first_instant(date.and_time(NaiveTime::MIN)),
    };
    (moment(query.from), moment(query.until))
}

/// The parts of the period.
pub(super) fn parts(zone: &TimeZone, query: &Query) -> Result<Vec<Bucket>, Refusal> {
    let (from, until) = ends(zone, query);
    let days_max = if query.by == By::Hour { HOURS_DAYS_MAX } else { DAYS_MAX };
    if until <= from {
        return Err(Refusal::Empty);
    }
    // That number of days of the livechat may be an hour longer.
    if until - from > TimeDelta::days(days_max) + TimeDelta::hours(1) {
        return Err(Refusal::TooLong(days_max));
    }
    Ok(buckets(zone, from, until, query.by))
}
