//! The scheduler: of the tasks that can go on, one drawn by lot goes on to its next await.
//!
//! Tasks belong to a [`Group`], which crashes as a whole. Every step is one poll, so
//! that a process that stops between two steps stops at an await, and every await is between two steps.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::BoxFuture;

use super::rng::SimRng;

/// Tasks that crash together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Those outside: visitors, operators, their networks. They never crash.
    People,
    /// The database: statements that were sent to it continue when the sender is gone.
    Disk,
    /// The sequence number of the running process, and its journal.
    Core(u32),
    /// The requests that this process is answering.
    Requests(u32),
}

/// Where tasks are handed in, by the code that runs under the scheduler.
#[derive(Clone, Default)]
pub(super) struct Spawner(Arc<Mutex<Inbox>>);

#[derive(Default)]
struct Inbox {
    ready: Vec<u64>,
    spawned: Vec<(Group, BoxFuture<'static, ()>)>,
    root: Option<Waker>,
}

impl Spawner {
    pub(super) fn spawn(&self, group: Group, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_boxed(group, Box::pin(task));
    }

    pub(super) fn spawn_boxed(&self, group: Group, task: BoxFuture<'static, ()>) {
        let mut inbox = self.inbox();
        inbox.spawned.push((group, task));
        if let Some(root) = inbox.root.take() {
            root.wake();
        }
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Task {
    group: Group,
    future: BoxFuture<'static, ()>,
    alarm: Arc<Alarm>,
}

/// Wakes one task.
struct Alarm {
    id: u64,
    queued: AtomicBool,
    spawner: Spawner,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let mut inbox = self.spawner.inbox();
            inbox.ready.push(self.id);
            if let Some(root) = inbox.root.take() {
                root.wake();
            }
        }
    }
}

/// The tasks, and which runs next.
pub(super) struct Scheduler {
    tasks: BTreeMap<u64, Task>,
    born: u64,
    spawner: Spawner,
    rng: SimRng,
}

impl Scheduler {
    pub(super) fn new(rng: SimRng) -> Self {
        Self { tasks: BTreeMap::new(), born: 0, spawner: Spawner::default(), rng }
    }

    pub(super) fn spawner(&self) -> Spawner {
        self.spawner.clone()
    }

    /// Runs one task to its next await. Returns which; `None` if all wait, and `root` is woken once one can run.
    pub(super) fn step(&mut self, root: &Waker) -> Option<u64> {
        let id = {
            let spawner = self.spawner.clone();
            let mut inbox = spawner.inbox();
            for (group, future) in std::mem::take(&mut inbox.spawned) {
                self.born += 1;
                let alarm =
                    Alarm { id: self.born, queued: AtomicBool::new(true), spawner: self.spawner.clone() };
                self.tasks.insert(self.born, Task { group, future, alarm: Arc::new(alarm) });
                inbox.ready.push(self.born);
            }
            // Those that crashed while they were ready.
            inbox.ready.retain(|id| self.tasks.contains_key(id));
            if inbox.ready.is_empty() {
                inbox.root = Some(root.clone());
                return None;
            }
            let drawn = self.rng.below(inbox.ready.len());
            inbox.ready.swap_remove(drawn)
        };
        let task = self.tasks.get_mut(&id)?;
        task.alarm.queued.store(false, Ordering::Release);
        let waker = Waker::from(task.alarm.clone());
        if let Poll::Ready(()) = task.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            self.tasks.remove(&id);
        }
        Some(id)
    }

    /// All tasks of these groups stop, at the await where they are.
    pub(super) fn crash(&mut self, crashed: impl Fn(Group) -> bool) {
        let is_crashed = |group| crashed(group);
        let ids: Vec<u64> =
            self.tasks.iter().filter(|(_, task)| is_crashed(task.group)).map(|(id, _)| *id).collect();
        for id in ids {
            self.tasks.remove(&id);
        }
        // Those that had not begun; dropped outside of the lock, since what they hold may wake others.
        let empty = {
            let mut inbox = self.spawner.inbox();
            let (crashed, kept) = std::mem::take(&mut inbox.spawned)
                .into_iter()
                .partition::<Vec<_>, _>(|(group, _)| is_crashed(*group));
            inbox.spawned = kept;
            crashed
        };
        drop(empty);
    }
}
