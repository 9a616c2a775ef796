//! Sessions that were looked up, so that a request need not ask the database.
//!
//! An entry never outlives the end of its session in this process: whatever changes a session evicts it here after the
//! commit, and a look-up that began before is not kept. What another process changes in the same database (an
//! administrator's command, a second server) is seen after [`SESSION_CACHED_SECS`] at the latest.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use domain::Timestamp;
use lru::LruCache;

use crate::limits::{SESSION_CACHED_SECS, USES_WAITING_MAX};

use super::rules::is_new_use;
use super::session::{Session, SessionId};
use super::token::TokenHash;

/// A session by one of its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) session: Session,
    /// When the token expires, if it does before its session.
    pub(crate) token_expires_at: Option<Timestamp>,
}

/// Counts what was evicted: what was read before the count moved may be out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch(u64);

#[derive(Debug)]
pub(crate) struct Cache(Mutex<Content>);

#[derive(Debug)]
struct Content {
    known: LruCache<TokenHash, Entry>,
    epoch: u64,
    /// Last uses that are not written yet.
    uses: HashMap<SessionId, Timestamp>,
}

#[derive(Debug)]
struct Entry {
    known: Known,
    read_at: Timestamp,
}

impl Cache {
    /// An empty one.
    pub(crate) fn of(sessions_max: NonZeroUsize) -> Self {
        Self(Mutex::new(Content { known: LruCache::new(sessions_max), epoch: 0, uses: HashMap::new() }))
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be asked for before the database is.
    pub(crate) fn epoch(&self) -> Epoch {
        Epoch(self.content().epoch)
    }

    /// The session of a token, if it was read not long ago.
    pub(crate) fn get(&self, hash: &TokenHash, now: Timestamp) -> Option<Known> {
        let mut content = self.content();
        let entry = content.known.get(hash)?;
        let age = now - entry.read_at;
        if age >= TimeDelta::zero() && age < TimeDelta::seconds(SESSION_CACHED_SECS) {
            return Some(entry.known.clone());
        }
        content.known.pop(hash);
        None
    }

    /// Keeps what was read, unless something was evicted since `before`. Gives it with the last use that is not written
    /// yet.
    pub(crate) fn put(&self, hash: TokenHash, mut known: Known, before: Epoch, now: Timestamp) -> Known {
        let mut content = self.content();
        if let Some(used_at) = content.uses.get(&known.session.id) {
            known.session.last_used_at = known.session.last_used_at.max(*used_at);
        }
        if content.epoch == before.0 {
            content.known.put(hash, Entry { known: known.clone(), read_at: now });
        }
        known
    }

    /// Forgets these sessions.
    pub(crate) fn evict(&self, sessions: &HashSet<SessionId>) {
        let mut content = self.content();
        content.epoch += 1;
        let evicted = content.known.iter().filter(|(_, entry)| sessions.contains(&entry.known.session.id));
        let evicted: Vec<TokenHash> = evicted.map(|(hash, _)| *hash).collect();
        for hash in evicted {
            content.known.pop(&hash);
        }
        content.uses.retain(|session, _| !sessions.contains(session));
    }

    /// Forgets every session, but not the uses that are to be written.
    pub(crate) fn forget_all(&self) {
        let mut content = self.content();
        content.epoch += 1;
        content.known.clear();
    }

    /// Notes that a live connection of this session is open.
    pub(crate) fn note_open(&self, session: SessionId, now: Timestamp) {
        let mut content = self.content();
        if content.uses.len() < USES_WAITING_MAX || content.uses.contains_key(&session) {
            content.uses.insert(session, now);
        }
    }

    /// Notes a use, if the last one is a minute ago. The time of the last use never goes back.
    pub(crate) fn note_use(&self, hash: &TokenHash, session: &mut Session, now: Timestamp) {
        if !is_new_use(session.last_used_at, now) {
            return;
        }
        let mut content = self.content();
        if content.uses.len() >= USES_WAITING_MAX && !content.uses.contains_key(&session.id) {
            return;
        }
        content.uses.insert(session.id, now);
        session.last_used_at = now;
        if let Some(entry) = content.known.peek_mut(hash) {
            entry.known.session.last_used_at = now;
        }
    }

    /// The last uses that are not written yet.
    pub(crate) fn uses(&self) -> Vec<(SessionId, Timestamp)> {
        self.content().uses.iter().map(|(session, at)| (*session, *at)).collect()
    }

    /// Forgets those that were written, unless there is a later one.
    pub(crate) fn written(&self, uses: &[(SessionId, Timestamp)]) {
        let mut content = self.content();
        for (session, at) in uses {
            if content.uses.get(session) == Some(at) {
                content.uses.remove(session);
            }
        }
    }
}
