//! Signals between the tasks of the subscription.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::LivechatId;
use tokio::sync::{Notify, oneshot};

use crate::database::Database;
use crate::error::Error;
use crate::slot::Slot;

/// Shared between the subscriber and the tasks that watch over it.
#[derive(Debug, Default)]
pub(crate) struct Coordination {
    /// The rows have to be compared with the log.
    woken: Notify,
    /// The subscriber should stop waiting, because a switch is requested.
    switch_requested: Notify,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    parked: ParkedNow,
    retry: BTreeSet<LivechatId>,
    switch_request: Option<SwitchRequest>,
}

/// The livechats that are parked, and whether the database knows.
pub(super) type ParkedNow = BTreeMap<LivechatId, bool>;

/// The other slot, almost up to date, for the subscriber to switch to.
#[derive(Debug)]
pub(super) struct SwitchRequest {
    pub(super) slot: Slot,
    pub(super) next: Database,
    pub(super) parked: ParkedNow,
    pub(super) answer: oneshot::Sender<Result<(), Error>>,
}

impl Coordination {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the rows compared with the log.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// Requests a switch to another slot, and waits for the result.
    pub(super) async fn request_switch(
        &self,
        slot: Slot,
        next: Database,
        parked: ParkedNow,
    ) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        self.inner().switch_request = Some(SwitchRequest { slot, next, parked, answer });
        self.switch_requested.notify_one();
        self.wake();
        // A subscriber that dropped the request has ended, and this task with it.
        answered.await.unwrap_or(Ok(()))
    }

    pub(super) fn is_switch_requested(&self) -> bool {
        self.inner().switch_request.is_some()
    }

    /// Returns when a switch is requested.
    pub(super) async fn switch_requested(&self) {
        while !self.is_switch_requested() {
            self.switch_requested.notified().await;
        }
    }

    pub(super) fn take_switch_request(&self) -> Option<SwitchRequest> {
        self.inner().switch_request.take()
    }

    pub(super) fn is_parked(&self, livechat: &LivechatId) -> bool {
        self.inner().parked.contains_key(livechat)
    }

    /// Parks a livechat.
    pub(super) fn park(&self, livechat: LivechatId, is_noted: bool) {
        self.inner().parked.insert(livechat, is_noted);
    }

    pub(super) fn parked(&self) -> ParkedNow {
        self.inner().parked.clone()
    }

    pub(super) fn set_parked(&self, parked: ParkedNow) {
        self.inner().parked = parked;
    }

    /// Has these livechats retried.
    pub(super) fn retry(&self, livechats: Vec<LivechatId>) {
        if !livechats.is_empty() {
            self.inner().retry.extend(livechats);
            self.wake();
        }
    }

    /// Unparks the livechats that are to be retried.
    pub(super) fn unpark(&self) {
        let mut inner = self.inner();
        for livechat in std::mem::take(&mut inner.retry) {
            inner.parked.remove(&livechat);
        }
    }
}
