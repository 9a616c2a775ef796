//! The clock: the only place outside tests where the time of a command comes from.

use async_trait::async_trait;
use chrono::{SubsecRound, TimeDelta, Utc};
use domain::Timestamp;
use tokio::sync::watch;

pub use domain::timestamp::was_set_back;

/// Says what time it is, and sleeps until a given time.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// Now, to the millisecond.
    fn now(&self) -> Timestamp;

    /// Returns once it is `deadline` or later, or once the clock was set back by more than is held
    /// ([`was_set_back`]): the caller has to check again then.
    async fn sleep_until(&self, deadline: Timestamp);
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Utc::now().trunc_subsecs(3)
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        // Sleeps are cut short so that a clock that was set is noticed.
        const LONGEST: std::time::Duration = std::time::Duration::from_secs(5);
        let mut before = self.now();
        loop {
            let now = self.now();
            let Ok(left) = (deadline - now).to_std() else { return };
            if left.is_zero() || was_set_back(before, now) {
                return;
            }
            before = now;
            tokio::time::sleep(left.min(LONGEST)).await;
        }
    }
}

/// A clock that stands still until it is advanced: for tests and simulations.
#[derive(Clone, Debug)]
pub struct ManualClock(watch::Sender<Timestamp>);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Moves the clock, forward or back, and wakes up every task that sleeps until then.
    pub fn advance(&self, by: TimeDelta) {
        self.0.send_modify(|now| *now += by);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        // The sender lives in `self`, so the wait cannot be cut off.
        let before = self.now();
        let _ = self.0.subscribe().wait_for(|now| *now >= deadline || was_set_back(before, *now)).await;
    }
}
