//! The time zone, and which instant a wall-clock time is.

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

use crate::timestamp::{Timestamp, nearest_allowed};

/// The name of a time zone in the IANA database, `Europe/Paris` by default.
///
/// Kept as it is written, and checked by the validation of the section: a log stays readable should a
/// later database drop a name. Until the section is changed, such a zone then counts as UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, example = "Europe/Paris"))]
#[serde(transparent)]
pub struct TimeZone(pub String);

impl Default for TimeZone {
    fn default() -> Self {
        Self("Europe/Paris".to_owned())
    }
}

impl TimeZone {
    /// Is it in the database? Case counts.
    pub fn is_known(&self) -> bool {
        self.0.parse::<Tz>().is_ok()
    }

    /// What the clocks on the wall show at this instant; at one beyond the years 1 to 9999, at the nearest in them.
    pub fn wall_clock(&self, at: Timestamp) -> DateTime<FixedOffset> {
        nearest_allowed(at).with_timezone(&self.rules()).fixed_offset()
    }

    /// The first instant at which the clocks on the wall show `wall` or later: a time that is skipped is the instant of
    /// the change, and one that comes twice is its first occurrence.
    pub fn first_instant(&self, wall: NaiveDateTime) -> Timestamp {
        first_instant(self.rules(), wall)
    }

    pub(super) fn rules(&self) -> Tz {
        self.0.parse().unwrap_or(Tz::UTC)
    }
}

/// The first instant at which a clock on the wall shows `wall` or later.
///
/// One rule for both nights on which clocks change, and for opening and closing alike:
/// - in spring a time that is skipped is the instant of the change. In Paris, what opens or closes at 02:30
///   does so at 03:00 by the new time, and nothing is open from 02:15 to 02:45;
/// - in autumn a time that comes twice is its first occurrence. What closes at 02:30 closes when the
///   clock shows 02:30 for the first time and does not open again, so a service that ends at 02:00 keeps
///   nobody an hour longer; what is open from 02:00 to 03:00 is open for both hours.
///
/// It never turns time back, so ranges keep their order, and those that touch stay one opening.
pub(super) fn first_instant(zone: Tz, wall: NaiveDateTime) -> Timestamp {
    match zone.from_local_datetime(&wall) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.with_timezone(&Utc),
        MappedLocalTime::None => GapInfo::new(&wall, &zone)
            .and_then(|gap| gap.end)
            // The database starts and ends with an offset, not with a gap.
            .map_or_else(|| wall.and_utc(), |end| end.with_timezone(&Utc)),
    }
}
