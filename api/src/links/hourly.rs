//! So many an hour for each, counted without remembering whom: as [`crate::rates`] counts, by the hour and in silence.

use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;

use governor::clock::MonotonicClock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// How many can be told apart, about; those whose places are drawn alike share a number.
const SLOTS: u64 = 1 << 16;

/// See the module.
#[derive(Debug)]
pub(super) struct Hourly {
    drawn: RandomState,
    limiter: RateLimiter<
        u32,
        HashMapStateStore<u32>,
        MonotonicClock,
        NoOpMiddleware<<MonotonicClock as governor::clock::Clock>::Instant>,
    >,
}

impl Hourly {
    pub(super) fn new(an_hour: NonZeroU32) -> Self {
        let limiter = RateLimiter::hashmap_with_clock(Quota::per_hour(an_hour), MonotonicClock);
        Self { drawn: RandomState::new(), limiter }
    }

    /// Counts one more. Is it within the number?
    pub(super) fn allows(&self, whom: &impl Hash) -> bool {
        let slot = u32::try_from(self.drawn.hash_one(whom) % SLOTS).unwrap_or_default();
        self.limiter.check_key(&slot).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_number_of_its_own() {
        let hourly = Hourly::new(NonZeroU32::new(2).unwrap());
        assert_eq!([(); 3].map(|()| hourly.allows(&"zoe")), [true, true, false]);
        assert!(hourly.allows(&"adam"));
    }
}
