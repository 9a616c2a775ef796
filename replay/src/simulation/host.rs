//! The machine that a simulated process runs on: its threads are tasks of the scheduler, its clock is the
//! paused clock of the runtime, its ids are drawn.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use domain::Timestamp;
use domain::id::CommandId;
use futures::future::BoxFuture;
use journal::{Clock, Runtime, was_set_back};
use tokio::sync::oneshot;

use super::rng::SimRng;
use super::scheduler::{Group, Spawner};

/// What one process runs on.
pub(super) struct Machine {
    pub(super) spawner: Spawner,
    pub(super) group: Group,
    pub(super) rng: SimRng,
}

#[async_trait]
impl Runtime for Machine {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.spawner.spawn_boxed(self.group, task);
    }

    async fn spawn_dedicated(&self, _name: &'static str, task: BoxFuture<'static, ()>) {
        let (ended, end) = oneshot::channel();
        self.spawner.spawn(self.group, async move {
            task.await;
            let _ = ended.send(());
        });
        let _ = end.await;
    }

    fn compute(&self, work: Box<dyn FnOnce() + Send>) {
        self.spawner.spawn(self.group, async move { work() });
    }

    fn new_id(&self) -> CommandId {
        self.rng.command()
    }
}

/// A clock that follows the paused clock of the runtime, and can be set.
#[derive(Clone)]
pub(super) struct SimulatedClock {
    epoch: tokio::time::Instant,
    start: Timestamp,
    /// By how much it was set.
    offset: Arc<Mutex<TimeDelta>>,
}

/// Sleeps are cut short, as those of the clock of the machine are, so that a clock that was set is noticed.
const LONGEST: Duration = Duration::from_secs(5);

impl SimulatedClock {
    /// A clock that shows `start` now.
    pub(super) fn starting_at(start: Timestamp) -> Self {
        Self { epoch: tokio::time::Instant::now(), start, offset: Arc::default() }
    }

    /// Sets it back or forward.
    pub(super) fn set(&self, by: TimeDelta) {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Is it ahead of what it would show if it had not been set?
    pub(super) fn is_ahead(&self) -> bool {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner) > TimeDelta::zero()
    }

    /// How long the run has lasted, whatever the clock was set to.
    pub(super) fn elapsed(&self) -> Duration {
        self.epoch.elapsed()
    }
}

#[async_trait]
impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let offset = *self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        let millis = i64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.start + TimeDelta::milliseconds(millis) + offset
    }

    async fn sleep_until(&self, deadline: Timestamp) {
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
