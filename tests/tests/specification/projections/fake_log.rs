//! A log in memory, and one who follows it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::Utc;
use domain::{LivechatId, Timestamp};
use journal::{Position, Record};
use projections::{BoxError, Database, EventSource, Queries, Runner, follow};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::scratch::Scratch;
use super::story::slug;

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A log in memory that can be told to fail.
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

    /// The same log, for those who share it.
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

    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        self.task.await.unwrap();
    }
}
