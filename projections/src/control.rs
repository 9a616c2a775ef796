//! What the one who follows the log and those who watch over it tell each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::LivechatId;
use tokio::sync::{Notify, oneshot};

use crate::colour::Colour;
use crate::database::Database;
use crate::error::Error;

/// See the functions.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// There is something to look at.
    woken: Notify,
    /// The follower should leave what it is waiting for.
    offered: Notify,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    parked: ParkedNow,
    retry: BTreeSet<LivechatId>,
    offer: Option<Offer>,
}

/// The livechats that are left alone until told otherwise, and whether the database knows.
pub(crate) type ParkedNow = BTreeMap<LivechatId, bool>;

/// Another place, almost up to date, for the follower to move to.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) colour: Colour,
    pub(crate) next: Database,
    pub(crate) parked: ParkedNow,
    pub(crate) answer: oneshot::Sender<Result<(), Error>>,
}

impl Control {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows have to be compared with the log.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// Offers a place to move to, and waits for what becomes of it.
    pub(crate) async fn offer(&self, colour: Colour, next: Database, parked: ParkedNow) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        self.inner().offer = Some(Offer { colour, next, parked, answer });
        self.offered.notify_one();
        self.wake();
        // The follower that dropped it has ended, and this with it.
        answered.await.unwrap_or(Ok(()))
    }

    pub(crate) fn is_offered(&self) -> bool {
        self.inner().offer.is_some()
    }

    /// Returns when a place is offered.
    pub(crate) async fn offered(&self) {
        while !self.is_offered() {
            self.offered.notified().await;
        }
    }

    pub(crate) fn take_offer(&self) -> Option<Offer> {
        self.inner().offer.take()
    }

    pub(crate) fn is_parked(&self, livechat: &LivechatId) -> bool {
        self.inner().parked.contains_key(livechat)
    }

    /// Parks a livechat.
    pub(crate) fn park(&self, livechat: LivechatId, is_noted: bool) {
        self.inner().parked.insert(livechat, is_noted);
    }

    pub(crate) fn parked(&self) -> ParkedNow {
        self.inner().parked.clone()
    }

    pub(crate) fn set_parked(&self, parked: ParkedNow) {
        self.inner().parked = parked;
    }

    /// Has these livechats tried again.
    pub(crate) fn retry(&self, livechats: Vec<LivechatId>) {
        if !livechats.is_empty() {
            self.inner().retry.extend(livechats);
            self.wake();
        }
    }

    /// Takes those to be tried again from those that are parked.
    pub(crate) fn unpark(&self) {
        let mut inner = self.inner();
        for livechat in std::mem::take(&mut inner.retry) {
            inner.parked.remove(&livechat);
        }
    }
}
