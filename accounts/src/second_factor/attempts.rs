//! How often a code may be tried.
//!
//! At any moment three codes of a million are right (one step of skew either way). Five wrong ones in a row cost
//! nothing; each one after that costs a pause, which doubles from a minute to an hour; after a hundred in a row, which
//! takes four days, codes are not looked at any more. Whoever has the password and tries without end so finds a code
//! with a chance of 3 in 10,000, once and for all.
//!
//! Somebody who has the password can make its owner wait, but not lock the owner out: recovery codes are not counted
//! here (they cannot be guessed), and a good one begins the count anew.

use chrono::TimeDelta;
use domain::Timestamp;

use crate::limits::{CODE_FAILURES_FREE, CODE_FAILURES_MAX, CODE_PAUSE_MAX_SECS, CODE_PAUSE_MIN_SECS};

/// Wrong codes in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// How many since the last good one.
    pub(crate) failures: u32,
    /// When the last one was.
    pub(crate) last_failed_at: Option<Timestamp>,
}

/// May a code be tried?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now.
    Now,
    /// After this long.
    In(TimeDelta),
    /// Not until a recovery code or an administrator begins the count anew.
    Never,
}

impl Attempts {
    /// The same at this time: a last attempt in the future was before the clock was set back, and a pause lasts no
    /// longer for that.
    pub(crate) fn seen_at(self, now: Timestamp) -> Self {
        Self { last_failed_at: self.last_failed_at.map(|at| at.min(now)), ..self }
    }

    /// May a code be tried now?
    pub(crate) fn turn(self, now: Timestamp) -> Turn {
        if self.failures >= CODE_FAILURES_MAX {
            return Turn::Never;
        }
        let Some(last) = self.seen_at(now).last_failed_at else { return Turn::Now };
        let left = pause_after(self.failures) - (now - last);
        if left > TimeDelta::zero() { Turn::In(left) } else { Turn::Now }
    }

    /// After one more wrong code.
    pub(crate) fn failed(self, now: Timestamp) -> Self {
        Self { failures: self.failures.saturating_add(1), last_failed_at: Some(now) }
    }
}

/// How long nothing is tried after so many failures in a row.
fn pause_after(failures: u32) -> TimeDelta {
    let Some(beyond) = failures.checked_sub(CODE_FAILURES_FREE) else { return TimeDelta::zero() };
    let secs = CODE_PAUSE_MIN_SECS.saturating_mul(1_i64.checked_shl(beyond.min(32)).unwrap_or(i64::MAX));
    TimeDelta::seconds(secs.min(CODE_PAUSE_MAX_SECS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_timestamp_millis(1_800_000_000_000 + secs * 1_000).unwrap()
    }

    #[test]
    fn the_pause_doubles_from_a_minute_to_an_hour() {
        let pauses: Vec<i64> = (0..14).map(|failures| pause_after(failures).num_seconds()).collect();
        assert_eq!(pauses, [0, 0, 0, 0, 0, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
        assert_eq!(pause_after(u32::MAX).num_seconds(), 3_600);
    }

    #[test]
    fn a_pause_ends_to_the_millisecond() {
        let attempts = Attempts { failures: 5, last_failed_at: Some(at(0)) };
        assert_eq!(attempts.turn(at(0)), Turn::In(TimeDelta::seconds(60)));
        let just_before = at(60) - TimeDelta::milliseconds(1);
        assert_eq!(attempts.turn(just_before), Turn::In(TimeDelta::milliseconds(1)));
        assert_eq!(attempts.turn(at(60)), Turn::Now);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_lengthen_a_pause() {
        let attempts = Attempts { failures: 5, last_failed_at: Some(at(1_000_000)) }.seen_at(at(0));
        assert_eq!(attempts.turn(at(0)), Turn::In(TimeDelta::seconds(60)));
        assert_eq!(attempts.turn(at(60)), Turn::Now);
    }

    #[test]
    fn whoever_tries_without_end_has_a_hundred_tries_in_four_days_and_none_after() {
        let (mut attempts, mut now, mut tries) = (Attempts::default(), at(0), 0);
        loop {
            match attempts.turn(now) {
                Turn::Now => (attempts, tries) = (attempts.failed(now), tries + 1),
                Turn::In(pause) => now += pause,
                Turn::Never => break,
            }
        }
        assert_eq!((tries, (now - at(0)).num_days()), (100, 3));
        assert!(f64::from(tries) * 3.0 / 1_000_000.0 <= 0.0003);
        assert_eq!(attempts.turn(at(1_000_000_000)), Turn::Never);
    }
}
