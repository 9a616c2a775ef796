//! What a process has in memory of its sessions: those that were looked up, and who follows their ends. The handle of
//! the database carries it ([`crate::Database::commit`]), so that whatever changes an account can end sessions in the same
//! transaction.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::broadcast;

use crate::limits::{ENDED_FEED_MAX, SESSIONS_CACHED_MAX};

use super::cache::Cache;
use super::feed::{EndedFeed, EndedSession};
use super::session::SessionId;

/// Sessions that a transaction ends. They have ended once it is committed with [`crate::Database::commit`], which also
/// tells those who hold a live connection; dropped, with the transaction, nothing has happened.
#[derive(Debug, Default)]
#[must_use = "commit the transaction with them, else they stay in the cache"]
pub struct Ended(pub(crate) Vec<EndedSession>);

impl Ended {
    /// How many there are.
    pub const fn count(&self) -> usize {
        self.0.len()
    }
}

/// What a process knows of its sessions beside the database. Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) cache: Arc<Cache>,
    ended: broadcast::Sender<EndedSession>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            cache: Arc::new(Cache::of(SESSIONS_CACHED_MAX)),
            ended: broadcast::Sender::new(ENDED_FEED_MAX),
        }
    }
}

impl Live {
    /// The sessions that end from now on.
    pub(crate) fn follow(&self) -> EndedFeed {
        EndedFeed(self.ended.subscribe())
    }

    /// After a commit that changed some sessions and ended others.
    pub(crate) fn publish(&self, changed: HashSet<SessionId>, ended: Ended) {
        let mut evicted = changed;
        evicted.extend(ended.0.iter().map(|ended| ended.session));
        if evicted.is_empty() {
            return;
        }
        self.cache.evict(&evicted);
        for ended in ended.0 {
            // Nobody may be listening.
            let _ = self.ended.send(ended);
        }
    }
}
