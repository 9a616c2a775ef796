//! What everything in a run shares: the disk, the running process, the client history, the oracle.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::LivechatId;
use journal::eviction::Limits;
use journal::{Clock, Journal, Position, Scope, was_set_back};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::client_history::ClientHistory;
use super::disk::Disk;
use super::faults::Faults;
use super::host::SimulatedClock;
use super::oracle::Oracle;
use super::rng::SimRng;
use super::rows::Rows;
use super::scheduler::Spawner;

/// One run. Clones are the same.
#[derive(Clone)]
pub(super) struct Cluster {
    pub(super) disk: Disk,
    pub(super) faults: Faults,
    pub(super) rng: SimRng,
    pub(super) spawner: Spawner,
    pub(super) clock: SimulatedClock,
    pub(super) livechats: Arc<Vec<LivechatId>>,
    pub(super) limits: Limits,
    pub(super) queue_commands_max: usize,
    /// Notified when a process starts. Waiters are woken in the order in which they came, which not every primitive
    /// guarantees.
    pub(super) up: Arc<Notify>,
    inner: Arc<Mutex<Inner>>,
}

/// What changes.
pub(super) struct Inner {
    pub(super) server: Option<Server>,
    /// How many processes there were.
    pub(super) started: u32,
    pub(super) history: ClientHistory,
    pub(super) oracles: BTreeMap<LivechatId, Oracle>,
    pub(super) rows: Rows,
    /// How far each feed is, by livechat and the name of its scope.
    pub(super) reached: BTreeMap<(LivechatId, String), (Scope, Position)>,
    /// Commands that may still be asked.
    pub(super) commands_left: u64,
    pub(super) failure: Option<String>,
    pub(super) order: Option<Order>,
    pub(super) finished: bool,
    /// A readable account of what happened, if requested.
    pub(super) story: Option<Vec<String>>,
}

/// A process.
pub(super) struct Server {
    pub(super) journal: Journal,
    pub(super) number: u32,
    /// Since when it serves clients; before that, it records how long no process did.
    pub(super) since: Option<Instant>,
}

/// What is to happen to the process between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// It crashes.
    Crash,
}

/// How a process is set up.
pub(super) struct Setup {
    pub(super) livechats: usize,
    pub(super) commands: u64,
    pub(super) limits: Limits,
    pub(super) queue_commands_max: usize,
    pub(super) told: bool,
}

impl Cluster {
    pub(super) fn new(
        setup: &Setup,
        faults: Faults,
        rng: SimRng,
        spawner: Spawner,
        clock: SimulatedClock,
    ) -> Self {
        let livechats: Vec<_> = (0..setup.livechats).filter_map(super::oracle::livechat).collect();
        let oracles = livechats.iter().map(|livechat| (livechat.clone(), Oracle::new())).collect();
        let rows = Rows::of(&livechats);
        Self {
            disk: Disk::default(),
            faults,
            rng,
            spawner,
            clock,
            livechats: Arc::new(livechats),
            limits: setup.limits,
            queue_commands_max: setup.queue_commands_max,
            up: Arc::default(),
            inner: Arc::new(Mutex::new(Inner {
                server: None,
                started: 0,
                history: ClientHistory::default(),
                oracles,
                rows,
                reached: BTreeMap::new(),
                commands_left: setup.commands,
                failure: None,
                order: None,
                finished: false,
                story: setup.told.then(Vec::new),
            })),
        }
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The process that serves clients now, and its number.
    pub(super) fn server(&self) -> Option<(Journal, u32)> {
        let inner = self.inner();
        let server = inner.server.as_ref().filter(|server| server.since.is_some())?;
        Some((server.journal.clone(), server.number))
    }

    /// Returns once a process serves clients.
    pub(super) async fn up(&self) {
        while self.server().is_none() {
            self.up.notified().await;
        }
    }

    /// An invariant is violated.
    pub(super) fn fail(&self, what: String) {
        self.inner().failure.get_or_insert(what);
    }

    pub(super) fn must(&self, checked: Result<(), String>) {
        if let Err(what) = checked {
            self.fail(what);
        }
    }

    /// Adds a line to the account, if requested.
    pub(super) fn tell(&self, line: impl FnOnce() -> String) {
        let at = self.clock.elapsed();
        if let Some(story) = &mut self.inner().story {
            story.push(format!("{:>10.3} s  {}", at.as_secs_f64(), line()));
        }
    }

    /// Reads what has become durable since the last step, and checks it.
    pub(super) fn observe(&self) {
        let logs = self.disk.logs();
        let mut inner = self.inner();
        let Inner { oracles, history, failure, story, .. } = &mut *inner;
        for (livechat, log) in logs.iter() {
            let Some(oracle) = oracles.get_mut(livechat) else { continue };
            let before = oracle.position();
            if let Err(what) = oracle.learn(log, history) {
                failure.get_or_insert(format!("{livechat}: {what}"));
            }
            if let Some(story) = story {
                let from = usize::try_from(before).unwrap_or(0);
                for record in oracle.records.iter().skip(from) {
                    let name = record.event.fact.name();
                    let at = self.clock.elapsed().as_secs_f64();
                    story.push(format!("{at:>10.3} s  {livechat} {} {name}", record.position));
                }
            }
        }
    }

    /// Every timer that was due a while ago, with no fault since, has fired; and no livechat with a timer is still in a
    /// time that was taken back.
    pub(super) fn nothing_is_overdue(&self, patience: Duration) {
        let now = self.clock.now();
        let calm = self.faults.calm_for(patience);
        let mut inner = self.inner();
        let Inner { server, oracles, failure, .. } = &mut *inner;
        let since = server.as_ref().and_then(|server| server.since);
        if !calm || since.is_none_or(|since| since.elapsed() <= patience) {
            return;
        }
        for (livechat, oracle) in oracles.iter() {
            let Some((due, whose)) = oracle.state.deadlines().first() else { continue };
            if was_set_back(oracle.state.clock(), now) {
                let then = oracle.state.clock();
                failure.get_or_insert(format!("{livechat}: {whose:?} waits since {then}, and it is {now}"));
            }
            if (now - due).to_std().is_ok_and(|late| late > patience) {
                failure.get_or_insert(format!("{livechat}: {whose:?} was due at {due}, and it is {now}"));
            }
        }
    }
}
