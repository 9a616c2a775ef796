//! How long until something happens, when some were not watched until it did (censored data).
//!
//! A visitor who was served would have waited longer: only that the patience exceeds the wait is known. To leave
//! those out, or to take their wait for their patience, would make visitors look impatient. The estimate of Kaplan
//! and Meier (1958) uses both kinds: each time a visitor left, the share of those still there who did.
//!
//! Beyond the last one who was seen to leave nothing is known, and the estimate stays above zero. What is drawn from
//! there on is exponential, with the rate of the whole sample: those who left ÷ all the time that was waited. Where
//! nobody ever left, patience has no end.

/// How long each was watched, in milliseconds, and whether it happened then.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<(i64, bool)>);

impl Sample {
    /// Adds one that was watched for this many milliseconds; `happened` then, or was not watched any longer.
    pub fn add(&mut self, millis: i64, happened: bool) {
        self.0.push((millis.max(0), happened));
    }

    /// How often it happened, and how many were not watched until it did.
    pub fn counts(&self) -> (usize, usize) {
        let happened = self.0.iter().filter(|(_, happened)| *happened).count();
        (happened, self.0.len() - happened)
    }
}

/// The estimated distribution.
#[derive(Clone, Debug, Default)]
pub struct Survival {
    /// Times at which it happened, each with the share to which it has not happened by then.
    steps: Vec<(i64, f64)>,
    /// How often it happens per millisecond, on the whole.
    rate: f64,
}

impl Survival {
    /// The estimate of Kaplan and Meier.
    pub fn estimate(sample: &Sample) -> Self {
        let mut watched = sample.0.clone();
        // At the same time, events come before censored observations: the latter were still there.
        watched.sort_unstable_by_key(|(millis, happened)| (*millis, !happened));
        let mut there = watched.len();
        let mut share = 1.0;
        let mut steps: Vec<(i64, f64)> = vec![];
        for (millis, happened) in &watched {
            if *happened {
                share *= 1.0 - 1.0 / float(there);
                match steps.last_mut() {
                    Some(last) if last.0 == *millis => last.1 = share,
                    Some(_) | None => steps.push((*millis, share)),
                }
            }
            there -= 1;
        }
        let waited: f64 = watched.iter().map(|(millis, _)| float_millis(*millis)).sum();
        let (happened, _) = sample.counts();
        let rate = if waited > 0.0 { float(happened) / waited } else { 0.0 };
        Self { steps, rate }
    }

    /// The share to which it has not happened after this many milliseconds.
    pub fn at(&self, millis: i64) -> f64 {
        let passed = self.steps.partition_point(|(at, _)| *at <= millis);
        passed.checked_sub(1).and_then(|last| self.steps.get(last)).map_or(1.0, |(_, share)| *share)
    }

    /// When it happens, given that it has not happened after `millis`: always later than that. `chance` is drawn
    /// between 0 and 1; `None` is never.
    pub fn beyond(&self, millis: i64, chance: f64) -> Option<i64> {
        let first = self.steps.partition_point(|(at, _)| *at <= millis);
        let share = self.at(millis) * (1.0 - chance.clamp(0.0, 1.0));
        if let Some((at, _)) = self.steps.iter().skip(first).find(|(_, left)| *left <= share) {
            return Some(*at);
        }
        // What is left of the chance after the last step is spent on the exponential tail.
        let last = self.steps.last().map_or(0, |(at, _)| *at).max(millis);
        let ratio = self.at(last) / share;
        if self.rate <= 0.0 || !ratio.is_finite() || ratio < 1.0 {
            return None;
        }
        Some(last.saturating_add(whole(ratio.ln() / self.rate).max(1)))
    }

    /// The mean, in milliseconds, if it were exponential: all the time that was watched ÷ how often it happened;
    /// nothing where it never did.
    pub fn exponential_mean(&self) -> Option<f64> {
        (self.rate > 0.0).then(|| 1.0 / self.rate)
    }

    /// The smallest time by which it has happened to half of them, in milliseconds, if that was seen.
    pub fn median(&self) -> Option<i64> {
        self.steps.iter().find(|(_, share)| *share <= 0.5).map(|(at, _)| *at)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sample has fewer than 2^52 values")]
const fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a thousand centuries fit exactly")]
const fn float_millis(millis: i64) -> f64 {
    millis as f64
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and so long nobody waits")]
const fn whole(millis: f64) -> i64 {
    millis.min(4e15) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(watched: &[(i64, bool)]) -> Sample {
        let mut sample = Sample::default();
        for (millis, happened) in watched {
            sample.add(*millis, *happened);
        }
        sample
    }

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 5e-4
    }

    /// The remission times of the 6-MP arm of Freireich et al. (1963), as in every textbook of survival analysis.
    #[test]
    fn the_estimate_is_that_of_the_textbooks() {
        let weeks = [
            (6, true),
            (6, true),
            (6, true),
            (6, false),
            (7, true),
            (9, false),
            (10, true),
            (10, false),
            (11, false),
            (13, true),
            (16, true),
            (17, false),
            (19, false),
            (20, false),
            (22, true),
            (23, true),
            (25, false),
            (32, false),
            (32, false),
            (34, false),
            (35, false),
        ];
        let survival = Survival::estimate(&sample(&weeks));
        for (week, share) in [
            (5, 1.0),
            (6, 0.8571),
            (7, 0.8067),
            (10, 0.7529),
            (13, 0.6902),
            (16, 0.6275),
            (22, 0.5378),
            (23, 0.4482),
            (35, 0.4482),
        ] {
            assert!(near(survival.at(week), share), "after {week} weeks: {}", survival.at(week));
        }
        assert_eq!(survival.median(), Some(23));
        assert_eq!(sample(&weeks).counts(), (9, 12));
    }

    #[test]
    fn a_drawn_patience_is_always_beyond_the_observed_wait() {
        let survival =
            Survival::estimate(&sample(&[(10, true), (20, true), (20, false), (30, true), (50, false)]));
        for millis in [0, 9, 10, 15, 30, 49, 50, 1_000] {
            for step in 0..100 {
                let drawn = survival.beyond(millis, f64::from(step) / 100.0);
                assert!(drawn.is_some_and(|drawn| drawn > millis), "{drawn:?} after {millis}");
            }
        }
        assert_eq!(survival.beyond(0, 0.1), Some(10));
        assert_eq!(survival.beyond(10, 0.1), Some(20), "those of 10 are not in question any more");
    }

    #[test]
    fn where_nobody_ever_left_patience_has_no_end() {
        let survival = Survival::estimate(&sample(&[(10, false), (20, false)]));
        assert_eq!((survival.beyond(5, 0.999), survival.median()), (None, None));
        assert_eq!(Survival::default().beyond(0, 0.5), None);
    }

    #[test]
    fn the_tail_has_the_rate_of_the_sample() {
        // One of ten left, after 1 s; the others were watched for 11 s in all: one in 12 s.
        let mut watched = vec![(1_000, true)];
        watched.extend([(1_000, false)].repeat(8));
        watched.push((3_000, false));
        let survival = Survival::estimate(&sample(&watched));
        let tail = survival.beyond(3_000, 1.0 - (-1.0_f64).exp()).unwrap() - 3_000;
        assert!((tail - 12_000).abs() <= 1, "{tail}");
    }
}
