//! How many operators were connected at once.

use domain::Timestamp;

use super::buckets::Bucket;

/// The times that operators were connected. Those of one operator follow each other and do not overlap.
#[derive(Clone, Debug, Default)]
pub(super) struct Concurrency {
    /// Arrivals (+1) and departures (-1) with their time in milliseconds; at the same time departures come first.
    changes: Vec<(i64, i64)>,
}

impl Concurrency {
    pub(super) fn add(&mut self, since: Timestamp, until: Timestamp) {
        if since < until {
            self.changes.push((since.timestamp_millis(), 1));
            self.changes.push((until.timestamp_millis(), -1));
        }
    }

    /// The most in each part of a period.
    pub(super) fn peak(&mut self, parts: &[Bucket]) -> Vec<i64> {
        self.changes.sort_unstable();
        let mut changes = self.changes.iter().peekable();
        let mut there = 0;
        let mut in_part = |part: &Bucket| {
            let (from, until) = (part.from.timestamp_millis(), part.until.timestamp_millis());
            // Those there as it begins, then those who come before it ends.
            while let Some((_, change)) = changes.next_if(|(at, _)| *at <= from) {
                there += change;
            }
            let mut most = there;
            while let Some((_, change)) = changes.next_if(|(at, _)| *at < until) {
                there += change;
                most = most.max(there);
            }
            most
        };
        parts.iter().map(&mut in_part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn leaving_as_another_arrives_is_not_concurrent() {
        let mut concurrency = Concurrency::default();
        for (since, until) in [(0, 10), (10, 20), (15, 40), (20, 25), (50, 50)] {
            concurrency.add(at(since), at(until));
        }
        let parts: Vec<Bucket> =
            (0..6).map(|n| Bucket { from: at(10 * n), until: at(10 * n + 10) }).collect();
        assert_eq!(concurrency.peak(&parts), [1, 2, 2, 1, 0, 0]);
    }
}
