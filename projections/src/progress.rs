//! How far each livechat is projected, for those who wait to read what they just wrote.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::LivechatId;
use journal::Position;
use tokio::sync::watch;

/// The checkpoints this process has moved, each one watchable.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<HashMap<LivechatId, watch::Sender<Position>>>);

impl Progress {
    fn lock(&self) -> MutexGuard<'_, HashMap<LivechatId, watch::Sender<Position>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The livechat is projected up to `position`.
    pub(crate) fn moved(&self, livechat: &LivechatId, position: Position) {
        let mut all = self.lock();
        if let Some(sender) = all.get(livechat) {
            sender.send_replace(position);
        } else {
            all.insert(livechat.clone(), watch::Sender::new(position));
        }
    }

    /// How far this process has projected the livechat.
    pub(crate) fn reached(&self, livechat: &LivechatId) -> Position {
        self.lock().get(livechat).map(|sender| *sender.borrow()).unwrap_or_default()
    }

    /// Goes through what this process knows of how far each livechat is projected.
    pub(crate) fn each(&self, mut look: impl FnMut(&LivechatId, Position)) {
        for (livechat, sender) in self.lock().iter() {
            let position = *sender.borrow();
            if position > 0 {
                look(livechat, position);
            }
        }
    }

    /// The same, taken down.
    pub(crate) fn all(&self) -> BTreeMap<LivechatId, Position> {
        let mut all = BTreeMap::new();
        self.each(|livechat, position| {
            all.insert(livechat.clone(), position);
        });
        all
    }

    /// Nothing is known any more: the database may have taken back what it had committed.
    pub(crate) fn forget(&self) {
        let mut all = self.lock();
        all.retain(|_, sender| sender.receiver_count() > 0);
        for sender in all.values() {
            sender.send_replace(0);
        }
    }

    /// Follows one livechat.
    pub(crate) fn watch(&self, livechat: &LivechatId) -> watch::Receiver<Position> {
        self.lock().entry(livechat.clone()).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Forgets a livechat that was only ever asked for, so that made-up names take no memory.
    pub(crate) fn forget_unknown(&self, livechat: &LivechatId) {
        let mut all = self.lock();
        if all.get(livechat).is_some_and(|sender| *sender.borrow() == 0 && sender.receiver_count() == 0) {
            all.remove(livechat);
        }
    }
}
