//! Arrivals, handle times, and how long people are willing to wait.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::what_if::Survival;

/// A distribution of times, in milliseconds.
#[derive(Clone, Debug)]
pub enum Times {
    /// No time at all.
    None,
    /// Exponential, with this mean.
    Exponential(f64),
    /// One of those that were seen, each as likely as the other.
    Seen(Vec<i64>),
    /// As estimated from what was seen, some of it not to the end.
    Estimated(Survival),
}

/// Visitors and operators.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Visitors per hour, as a Poisson process.
    pub arrivals_per_hour: f64,
    /// From the assignment to the pick-up.
    pub pick_up: Times,
    /// From the pick-up to the end.
    pub handle: Times,
    /// From the request until a visitor gives up before a pick-up; none is never.
    pub patience: Option<Times>,
    /// Conversations that an operator has at once: 1 to 10.
    pub conversations_per_operator: i64,
}

impl Times {
    /// The mean, in milliseconds; nothing where it is not known.
    pub fn mean(&self) -> Option<f64> {
        match self {
            Self::None => Some(0.0),
            Self::Exponential(mean) => Some(*mean),
            Self::Seen(seen) => {
                let sum: f64 = seen.iter().map(|millis| float(*millis)).sum();
                (!seen.is_empty()).then(|| sum / float(i64::try_from(seen.len()).unwrap_or(i64::MAX)))
            }
            Self::Estimated(survival) => survival.exponential_mean(),
        }
    }

    /// The share of them that is longer than this many milliseconds.
    pub(super) fn longer_than(&self, millis: i64) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Exponential(mean) => (-float(millis) / mean).exp(),
            Self::Seen(seen) if seen.is_empty() => 1.0,
            Self::Seen(seen) => {
                let longer = seen.iter().filter(|one| **one > millis).count();
                float(longer.try_into().unwrap_or(i64::MAX))
                    / float(seen.len().try_into().unwrap_or(i64::MAX))
            }
            Self::Estimated(survival) => survival.at(millis),
        }
    }

    /// This many of them, each for an equal share of all, in milliseconds; nothing is never.
    pub(super) fn spread(&self, count: u32) -> Vec<Option<i64>> {
        let mut sorted = match self {
            Self::Seen(seen) => seen.clone(),
            Self::None | Self::Exponential(_) | Self::Estimated(_) => vec![],
        };
        sorted.sort_unstable();
        let one = |index: u32| {
            let chance = (f64::from(index) + 0.5) / f64::from(count);
            match self {
                Self::None => Some(0),
                Self::Exponential(mean) => Some(whole(-mean * (1.0 - chance).ln())),
                Self::Seen(_) => {
                    let length = u64::try_from(sorted.len()).unwrap_or(u64::MAX);
                    let place = length * (2 * u64::from(index) + 1) / (2 * u64::from(count.max(1)));
                    usize::try_from(place).ok().and_then(|place| sorted.get(place)).copied()
                }
                Self::Estimated(survival) => survival.beyond(-1, chance),
            }
        };
        (0..count).map(one).collect()
    }

    /// One of them, in milliseconds; nothing is never.
    pub(super) fn draw(&self, random: &mut ChaCha8Rng) -> Option<i64> {
        match self {
            Self::None => Some(0),
            Self::Exponential(mean) => Some(exponential(*mean, random)),
            Self::Seen(seen) if seen.is_empty() => None,
            Self::Seen(seen) => seen.get(random.random_range(0..seen.len())).copied(),
            Self::Estimated(survival) => survival.beyond(-1, random.random()),
        }
    }
}

/// An exponential time of this mean, to the millisecond.
pub(super) fn exponential(mean: f64, random: &mut ChaCha8Rng) -> i64 {
    // From 0 on and before 1: the logarithm of what is left is finite.
    let chance: f64 = random.random();
    whole(-mean * (1.0 - chance).ln())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a thousand centuries fit exactly")]
pub(super) const fn float(count: i64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and so long nobody waits")]
pub(super) const fn whole(millis: f64) -> i64 {
    millis.round() as i64
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn times_are_spread_as_they_are_distributed() {
        let seen = Times::Seen(vec![30, 10, 40, 20]);
        assert_eq!(seen.spread(4), [10, 20, 30, 40].map(Some));
        assert_eq!(seen.spread(2), [20, 40].map(Some));
        assert_eq!(Times::None.spread(3), [Some(0); 3]);
        assert_eq!(Times::Seen(vec![]).spread(2), [None; 2], "nobody knows how long");
        let exponential = Times::Exponential(1_000.0);
        for times in [&seen, &exponential] {
            for at in [5, 10, 25, 700] {
                let spread = times.spread(4_000);
                let longer = spread.iter().filter(|one| one.is_some_and(|one| one > at)).count();
                let share = float(i64::try_from(longer).unwrap()) / 4_000.0;
                assert!((share - times.longer_than(at)).abs() < 1e-3, "{times:?} {at}: {share}");
            }
        }
    }

    #[test]
    fn exponential_times_have_their_mean() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let sum: f64 = (0..200_000).map(|_| float(exponential(300_000.0, &mut random))).sum();
        // Four times the standard error of that number.
        assert!((sum / 200_000.0 - 300_000.0).abs() < 2_700.0, "{sum}");
    }
}
