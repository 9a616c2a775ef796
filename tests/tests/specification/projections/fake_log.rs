//! A log in memory, and a subscription to it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::Utc;
use domain::{LivechatId, Timestamp};
use journal::{Position, Record};
use projections::maintenance::{self, Rebuilt, Swapped};
use projections::{BoxError, Database, Error, EventSource, Queries, Runner, follow};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::scratch::Scratch;
use super::story::slug;

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A log in memory that can be made to fail.
#[derive(Clone)]
pub(crate) struct FakeLog {
    events: Arc<Mutex<Vec<Arc<Record>>>>,
    live: broadcast::Sender<Arc<Vec<Arc<Record>>>>,
    pub(crate) failures: Arc<AtomicU32>,
}

impl FakeLog {
    pub(crate) fn new(room: usize) -> Self {
        Self { events: Arc::default(), live: broadcast::Sender::new(room), failures: Arc::default() }
    }

    /// The same log, shared.
    pub(crate) fn shared(&self) -> Arc<Self> {
        Arc::new(self.clone())
    }

    pub(crate) fn commit(&self, batch: &[Arc<Record>]) {
        self.commit_silently(batch);
        let _ = self.live.send(Arc::new(batch.to_vec()));
    }

    pub(crate) fn commit_silently(&self, batch: &[Arc<Record>]) {
        self.events.lock().unwrap().extend_from_slice(batch);
    }

    /// Rebuilds the inactive slot from this log.
    pub(crate) async fn rebuild(&self, scratch: &Scratch) -> Result<Rebuilt, Error> {
        maintenance::rebuild(&scratch.url, &self.shared(), &|_, _| {}).await
    }

    /// Makes the inactive slot the active one.
    pub(crate) async fn swap(&self, scratch: &Scratch) -> Result<Swapped, Error> {
        maintenance::swap(&scratch.url, &self.shared(), "test", &|_, _| {}).await
    }
}

#[async_trait]
impl EventSource for FakeLog {
    async fn heads(&self) -> Result<Vec<(LivechatId, Position)>, BoxError> {
        let mut heads = std::collections::BTreeMap::new();
        for event in self.events.lock().unwrap().iter() {
            heads.insert(event.livechat.clone(), event.position);
        }
        Ok(heads.into_iter().collect())
    }

    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Record>>, BoxError> {
        if self.failures.load(Ordering::Relaxed) > 0 {
            self.failures.fetch_sub(1, Ordering::Relaxed);
            return Err("the log has stumbled".into());
        }
        let events = self.events.lock().unwrap();
        let of_livechat = |e: &&Arc<Record>| e.livechat == *livechat && e.position > after;
        Ok(events.iter().filter(of_livechat).take(limit).cloned().collect())
    }

    fn subscribe(&self) -> broadcast::Receiver<Arc<Vec<Arc<Record>>>> {
        self.live.subscribe()
    }

    fn now(&self) -> Timestamp {
        Utc::now()
    }
}

pub(crate) struct Following {
    pub(crate) database: Database,
    pub(crate) views: Queries,
    cancel: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Following {
    /// Begins to follow a log with room for so many batches, and waits until all that is in it is projected.
    pub(crate) async fn caught_up_with(
        scratch: &Scratch,
        room: usize,
        events: &[Arc<Record>],
    ) -> (FakeLog, Self) {
        let log = FakeLog::new(room);
        log.commit(events);
        let following = Self::start(scratch, &log).await;
        following.caught_up(events).await;
        (log, following)
    }

    /// Begins to follow a log.
    pub(crate) async fn start(scratch: &Scratch, log: &FakeLog) -> Self {
        let database = scratch.open().await;
        let cancel = CancellationToken::new();
        let runner = Runner::new(database.clone());
        let task = tokio::spawn(follow(log.clone(), runner, cancel.clone()));
        Self { views: Queries::new(database.clone()), database, cancel, task }
    }

    /// Waits until everything in `events` is projected.
    pub(crate) async fn caught_up(&self, events: &[Arc<Record>]) {
        for livechat in [slug("support"), slug("ventes")] {
            if let Some(last) = events.iter().rfind(|event| event.livechat == livechat) {
                assert!(self.views.wait_for(&livechat, last.position, PATIENCE).await.unwrap(), "{livechat}");
            }
        }
    }

    /// Reads the floor again and again; no read may be of an earlier position than the one before.
    pub(crate) fn reads_the_floor(&self) -> FloorReader {
        let (views, stop) = (self.views.clone(), CancellationToken::new());
        let stopped = stop.clone();
        let reading = tokio::spawn(async move {
            let (mut last, mut reads) = (0, 0_u64);
            while !stopped.is_cancelled() {
                let board = views.floor(&slug("support")).await.unwrap().unwrap();
                assert!(board.position >= last, "{} after {last}", board.position);
                (last, reads) = (board.position, reads + 1);
                tokio::task::yield_now().await;
            }
            reads
        });
        FloorReader { stop, reading }
    }

    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        self.task.await.unwrap();
    }
}

pub(crate) struct FloorReader {
    stop: CancellationToken,
    reading: tokio::task::JoinHandle<u64>,
}

impl FloorReader {
    /// How many times it has read.
    pub(crate) async fn stop(self) -> u64 {
        self.stop.cancel();
        self.reading.await.unwrap()
    }
}
