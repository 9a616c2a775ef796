//! Random choices that repeat with their seed.

use std::time::Duration;

use rand::seq::IndexedRandom;
use rand::{Rng as _, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A source of random choices.
#[derive(Clone, Debug)]
pub(super) struct Rng(ChaCha8Rng);

impl Rng {
    /// The same seed makes the same choices.
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// An independent source, for somebody else.
    pub(super) fn split(&mut self) -> Self {
        Self::new(self.0.random())
    }

    /// A duration between two bounds in milliseconds.
    pub(super) fn millis(&mut self, (least, most): (u64, u64)) -> Duration {
        Duration::from_millis(self.0.random_range(least..=most))
    }

    /// True once in so many times, on average.
    pub(super) fn one_in(&mut self, times: u32) -> bool {
        self.0.random_ratio(1, times)
    }

    /// One of them, if there is any.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.choose(&mut self.0)
    }
}
