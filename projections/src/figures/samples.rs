//! The values of figures, and the lists that means and percentiles are taken of.

use serde::{Serialize, Serializer};

/// The value of a figure. It is written in one way, wherever it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number of things.
    Count(i64),
    /// Milliseconds, written in seconds.
    Millis(i64),
    /// A quotient, rounded to six decimals.
    Ratio(f64),
}

impl Value {
    /// A part of a whole; nothing when there is no whole.
    pub(super) fn ratio(part: i64, whole: i64) -> Option<Self> {
        (whole > 0).then(|| Self::Ratio((approximate(part) / approximate(whole) * 1e6).round() / 1e6))
    }

    fn number(self) -> serde_json::Value {
        match self {
            Self::Count(count) => count.into(),
            Self::Millis(millis) if millis % 1_000 == 0 => (millis / 1_000).into(),
            Self::Millis(millis) => (approximate(millis) / 1e3).into(),
            Self::Ratio(ratio) if ratio.fract() == 0.0 => serde_json::Value::from(whole(ratio)),
            Self::Ratio(ratio) => ratio.into(),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.number().fmt(f)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.number().serialize(serializer)
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a thousand centuries fit exactly")]
const fn approximate(count: i64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a whole quotient of counts is a count")]
const fn whole(ratio: f64) -> i64 {
    ratio as i64
}

/// Milliseconds, one for each thing that was measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    count: i64,
    sum: i64,
    max: i64,
    /// All of them, eight bytes each: percentiles need them.
    all: Vec<i64>,
}

impl Samples {
    pub(super) fn add(&mut self, millis: i64) {
        self.max = if self.count == 0 { millis } else { self.max.max(millis) };
        self.count += 1;
        self.sum += millis;
        self.all.push(millis);
    }

    /// Forgets what only percentiles need.
    pub(super) fn clear(&mut self) {
        self.all = vec![];
    }

    /// Puts them in order, once all are there.
    pub(super) fn sort(&mut self) {
        self.all.sort_unstable();
    }

    /// The mean, to the millisecond.
    pub(super) fn mean(&self) -> Option<Value> {
        mean(self.sum, self.count)
    }

    /// The smallest value that at least that percentage of the values does not exceed (nearest rank).
    pub(super) fn percentile(&self, percent: usize) -> Option<Value> {
        let rank = (self.all.len() * percent).div_ceil(100).max(1);
        self.all.get(rank - 1).copied().map(Value::Millis)
    }

    /// The greatest.
    pub(super) fn max(&self) -> Option<Value> {
        (self.count > 0).then_some(Value::Millis(self.max))
    }
}

/// A mean of milliseconds, rounded to the millisecond; nothing of nothing.
pub(super) fn mean(sum: i64, count: i64) -> Option<Value> {
    (count > 0).then(|| Value::Millis((sum + count / 2).div_euclid(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut times = Samples::default();
        assert_eq!((times.mean(), times.percentile(50), times.max()), (None, None, None));
        for seconds in [40, 10, 30, 20] {
            times.add(seconds * 1_000);
        }
        times.sort();
        let told = |value: Option<Value>| value.unwrap().to_string();
        assert_eq!(told(times.mean()), "25");
        assert_eq!(told(times.percentile(50)), "20", "the second of four");
        assert_eq!(told(times.percentile(90)), "40", "3.6 is the fourth");
        assert_eq!(told(times.max()), "40");
    }

    #[test]
    fn numbers_are_written_as_short_as_they_are() {
        for (value, written) in [
            (Value::Count(3), "3"),
            (Value::Millis(61_000), "61"),
            (Value::Millis(1_250), "1.25"),
            (Value::Millis(1), "0.001"),
            (Value::ratio(2, 3).unwrap(), "0.666667"),
            (Value::ratio(3, 3).unwrap(), "1"),
            (Value::ratio(0, 3).unwrap(), "0"),
        ] {
            assert_eq!(value.to_string(), written);
            assert_eq!(serde_json::to_string(&value).unwrap(), written);
        }
        assert_eq!(Value::ratio(1, 0), None);
    }
}
