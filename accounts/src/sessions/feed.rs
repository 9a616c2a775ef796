//! Sessions that end, told at once to whoever holds a live connection of one.
//!
//! The feed is of this process. Several servers on one PostgreSQL would have to tell each other: a `NOTIFY` in the
//! transaction that ends sessions, and in each server a connection that listens, evicts from the cache and repeats it
//! on this feed; after a lost connection it would evict everything and tell all followers to check again.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::account_id::AccountId;

use super::session::{EndReason, SessionId};

/// A session that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSession {
    /// Which.
    pub session: SessionId,
    /// Whose.
    pub account: AccountId,
    /// Why.
    pub reason: EndReason,
}

/// What a follower of the feed is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A session ended.
    Ended(EndedSession),
    /// The follower was too slow and has missed some: it has to check its own session again.
    CheckAgain,
}

/// The ends of all sessions in this process, from the moment it was asked for. Ask for it before you check a token, so
/// that no end is missed in between. Sessions that expire are not told: their time is known.
#[derive(Debug)]
pub struct EndedFeed(pub(crate) broadcast::Receiver<EndedSession>);

impl EndedFeed {
    /// The next notice; nothing when the server is gone.
    pub async fn next(&mut self) -> Option<Notice> {
        match self.0.recv().await {
            Ok(ended) => Some(Notice::Ended(ended)),
            Err(RecvError::Lagged(_)) => Some(Notice::CheckAgain),
            Err(RecvError::Closed) => None,
        }
    }
}
