//! Live connections that end with the session of their holder.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use accounts::sessions::SessionId;
use tokio_util::sync::CancellationToken;

/// The sessions with live connections. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenSessions(Arc<Mutex<HashMap<SessionId, Weak<CancellationToken>>>>);

/// Held by a live connection, which has to end when its session does.
#[derive(Clone, Debug, Default)]
pub struct SessionWatch(Option<Arc<CancellationToken>>);

impl SessionWatch {
    /// Returns when the session has ended; never for whoever has none.
    pub async fn ended(&self) {
        match &self.0 {
            Some(ended) => ended.cancelled().await,
            None => std::future::pending().await,
        }
    }
}

impl OpenSessions {
    /// What tells that this session has ended. Ask for it before you check the session.
    pub(super) fn watch(&self, session: SessionId) -> SessionWatch {
        let mut open = self.open();
        let watched = open.get(&session).and_then(Weak::upgrade);
        let ended = watched.unwrap_or_default();
        open.insert(session, Arc::downgrade(&ended));
        SessionWatch(Some(ended))
    }

    /// Ends the live connections of this session.
    pub(super) fn end(&self, session: SessionId) {
        if let Some(ended) = self.open().remove(&session).and_then(|ended| ended.upgrade()) {
            ended.cancel();
        }
    }

    /// Ends those of every session that is not among these, of the ones that were open at `before`.
    pub(super) fn end_all_but(&self, alive: &HashSet<SessionId>, before: &HashSet<SessionId>) {
        for session in before.difference(alive) {
            self.end(*session);
        }
    }

    /// The sessions that have a live connection; others are forgotten.
    pub(super) fn sessions(&self) -> HashSet<SessionId> {
        let mut open = self.open();
        open.retain(|_, ended| ended.strong_count() > 0);
        open.keys().copied().collect()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<SessionId, Weak<CancellationToken>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_ends_with_its_session_and_with_no_other() {
        let open = OpenSessions::default();
        let (zoe, max) = (SessionId::of(uuid::Uuid::from_u128(1)), SessionId::of(uuid::Uuid::from_u128(2)));
        let (first, second, other) = (open.watch(zoe), open.watch(zoe), open.watch(max));
        open.end(zoe);
        first.ended().await;
        second.ended().await;
        assert!(other.0.is_some_and(|ended| !ended.is_cancelled()));
        assert!(open.sessions().is_empty(), "nothing is kept of a connection that is gone");
    }

    #[tokio::test]
    async fn one_that_was_opened_after_the_list_was_read_is_not_ended_by_it() {
        let open = OpenSessions::default();
        let (zoe, max) = (SessionId::of(uuid::Uuid::from_u128(1)), SessionId::of(uuid::Uuid::from_u128(2)));
        let gone = open.watch(zoe);
        let before = open.sessions();
        let new = open.watch(max);
        open.end_all_but(&HashSet::new(), &before);
        gone.ended().await;
        assert!(new.0.is_some_and(|ended| !ended.is_cancelled()));
    }
}
