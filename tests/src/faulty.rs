//! A log that fails or waits on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::{LivechatId, Timestamp};
use journal::entry::{Entry, WakeUp};
use journal::store::Snapshot;
use journal::store::{Head, Read, StoreError};
use journal::{Position, Store};
use tokio::sync::watch;

/// What becomes of one append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done as usual.
    Done,
    /// It is not written, and fails.
    NotWritten,
    /// It is written, and fails all the same: the connection was lost during the commit.
    WrittenButFails,
    /// It is not written, and fails because of what is in it.
    Refused,
}

/// A store whose appends wait while it is held, and meet the fates that were planned for them, or that
/// what is in them brings about.
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    held: watch::Sender<bool>,
    begun: watch::Sender<usize>,
    fates: Mutex<VecDeque<Fate>>,
    taboo: Mutex<Option<String>>,
}

impl FaultyStore {
    /// A store that works until a test makes it fail.
    pub fn over(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            held: watch::Sender::new(false),
            begun: watch::Sender::new(0),
            fates: Mutex::default(),
            taboo: Mutex::default(),
        })
    }

    /// Plans the fates of the next appends; those after them are done as usual.
    pub fn plan(&self, fates: impl IntoIterator<Item = Fate>) {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner).extend(fates);
    }

    /// Refuses every append with these words in it from now on, or none.
    pub fn refuse(&self, words: Option<&str>) {
        *self.taboo.lock().unwrap_or_else(PoisonError::into_inner) = words.map(str::to_owned);
    }

    fn fate_of(&self, entries: &[Entry]) -> Fate {
        let taboo = self.taboo.lock().unwrap_or_else(PoisonError::into_inner);
        if taboo.as_ref().is_some_and(|taboo| entries.iter().any(|entry| entry.payload.contains(taboo))) {
            return Fate::Refused;
        }
        self.fates.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or(Fate::Done)
    }

    /// Lets appends wait from now on.
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Lets appends go on.
    pub fn release(&self) {
        self.held.send_replace(false);
    }

    /// How many appends were begun.
    pub fn begun(&self) -> usize {
        *self.begun.borrow()
    }

    /// Returns once so many appends were begun since the beginning.
    pub async fn has_begun(&self, appends: usize) {
        // The sender lives in `self`, so the wait cannot be cut off.
        let _ = self.begun.subscribe().wait_for(|begun| *begun >= appends).await;
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        self.begun.send_modify(|begun| *begun += 1);
        let _ = self.held.subscribe().wait_for(|held| !held).await;
        let wanted = || sqlx::Error::Protocol("the test wants it so".to_owned());
        let failure = || Err(StoreError::Database(wanted()));
        match self.fate_of(entries) {
            Fate::Refused => Err(StoreError::Refused(wanted())),
            Fate::Done => self.inner.append(entries).await,
            Fate::NotWritten => failure(),
            Fate::WrittenButFails => {
                self.inner.append(entries).await?;
                failure()
            }
        }
    }

    async fn settled_head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
        self.inner.settled_head(livechat).await
    }

    fn read(&self) -> &dyn Read {
        self.inner.read()
    }

    async fn update_wake_up(
        &self,
        livechat: &LivechatId,
        position: Position,
        wake_up: WakeUp,
    ) -> Result<(), StoreError> {
        self.inner.update_wake_up(livechat, position, wake_up).await
    }

    async fn save_snapshot(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.inner.save_snapshot(livechat, snapshot).await
    }

    async fn record_heartbeat(&self, at: Timestamp) -> Result<(), StoreError> {
        self.inner.record_heartbeat(at).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
