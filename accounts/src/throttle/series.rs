//! Series of wrong guesses, and how long the next one has to wait.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::Timestamp;

use crate::limits::{GUESS_DELAY_FIRST, GUESS_DELAY_MAX, GUESS_SERIES_MAX, GUESSES_FORGOTTEN_AFTER};

/// Guesses of one kind.
#[derive(Debug, Default)]
pub(super) struct Table(HashMap<u64, Series>);

#[derive(Clone, Copy, Debug)]
struct Series {
    wrong: u32,
    last: Timestamp,
}

impl Series {
    fn is_over(&self, at: Timestamp) -> bool {
        at - self.last >= GUESSES_FORGOTTEN_AFTER
    }
}

impl Table {
    /// How many guesses were wrong.
    pub(super) fn wrong(&self, at: Timestamp, key: u64) -> u32 {
        self.0.get(&key).filter(|series| !series.is_over(at)).map_or(0, |series| series.wrong)
    }

    /// How long the next guess has to wait, of which so many are free.
    pub(super) fn wait(&self, at: Timestamp, key: u64, free: u32) -> TimeDelta {
        let Some(series) = self.0.get(&key).filter(|series| !series.is_over(at)) else {
            return TimeDelta::zero();
        };
        // A clock that was set back makes nobody wait for longer.
        let since = (at - series.last).max(TimeDelta::zero());
        (delay(series.wrong, free) - since).max(TimeDelta::zero())
    }

    /// One more.
    pub(super) fn count(&mut self, at: Timestamp, key: u64) {
        if !self.0.contains_key(&key) && self.0.len() >= GUESS_SERIES_MAX {
            self.make_room(at);
        }
        let series = self.0.entry(key).or_insert(Series { wrong: 0, last: at });
        if series.is_over(at) {
            series.wrong = 0;
        }
        series.wrong = series.wrong.saturating_add(1);
        series.last = at;
    }

    /// One less.
    pub(super) fn take_back(&mut self, key: u64) {
        if let Some(series) = self.0.get_mut(&key) {
            series.wrong = series.wrong.saturating_sub(1);
            if series.wrong == 0 {
                self.0.remove(&key);
            }
        }
    }

    /// None.
    pub(super) fn forget(&mut self, key: u64) {
        self.0.remove(&key);
    }

    /// Forgets series that are over, then the shortest, until half are left: the next time is far off.
    fn make_room(&mut self, at: Timestamp) {
        self.0.retain(|_, series| !series.is_over(at));
        let mut least = 1;
        while self.0.len() > GUESS_SERIES_MAX / 2 {
            self.0.retain(|_, series| series.wrong > least);
            least *= 2;
        }
    }
}

/// How long it takes from a wrong guess to the next one.
fn delay(wrong: u32, free: u32) -> TimeDelta {
    let Some(doubled) = wrong.checked_sub(free) else { return TimeDelta::zero() };
    let factor = 2_i32.checked_pow(doubled).unwrap_or(i32::MAX);
    GUESS_DELAY_FIRST.checked_mul(factor).unwrap_or(GUESS_DELAY_MAX).min(GUESS_DELAY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let secs = |wrong| delay(wrong, 5).num_seconds();
        assert_eq!([4, 5, 6, 7, 14, 15, 16, 60, u32::MAX].map(secs), [0, 1, 2, 4, 512, 900, 900, 900, 900]);
    }

    #[test]
    fn a_full_table_forgets_what_is_over_and_then_the_shortest_series() {
        let begin = Timestamp::UNIX_EPOCH;
        let mut table = Table::default();
        for _ in 0..3 {
            table.count(begin + GUESSES_FORGOTTEN_AFTER, 0);
        }
        for key in 1..=GUESS_SERIES_MAX as u64 {
            table.count(begin, key);
        }
        assert!(table.0.len() <= GUESS_SERIES_MAX);
        table.count(begin + GUESSES_FORGOTTEN_AFTER, u64::MAX);
        assert_eq!(table.wrong(begin + GUESSES_FORGOTTEN_AFTER, 0), 3);
        for key in 1..=4 * GUESS_SERIES_MAX as u64 {
            table.count(begin + GUESSES_FORGOTTEN_AFTER, key);
            assert!(table.0.len() <= GUESS_SERIES_MAX);
        }
        assert_eq!(table.wrong(begin + GUESSES_FORGOTTEN_AFTER, 0), 3);
    }
}
