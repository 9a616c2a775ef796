//! The writer's connection, kept at hand between batches: the pool would take each one back in a task of its
//! own, try it out, and meanwhile open another.
//!
//! Invariant: a connection is kept only after what was done with it has come to an end. One that was left in the
//! middle, by an error or because nobody waits any more, is closed: nobody knows which transaction it is in.

use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection, Database, Pool};
use tokio::sync::{Mutex, MutexGuard};

use super::{CONNECT_MAX, IDLE_TRUSTED};

type AtHand<D> = Option<(PoolConnection<D>, Instant)>;

/// What writes, one at a time.
pub(super) struct Writer<D: Database> {
    pool: Pool<D>,
    at_hand: Mutex<AtHand<D>>,
}

/// The connection, while somebody writes.
pub(super) struct Taken<'a, D: Database> {
    connection: PoolConnection<D>,
    place: MutexGuard<'a, AtHand<D>>,
}

impl<D: Database> Writer<D> {
    pub(super) fn of(pool: Pool<D>) -> Self {
        Self { pool, at_hand: Mutex::new(None) }
    }

    /// The connection, as soon as nobody else writes.
    ///
    /// # Errors
    /// When that takes too long, or the database cannot be reached.
    pub(super) async fn take(&self) -> Result<Taken<'_, D>, sqlx::Error> {
        let place = tokio::time::timeout(CONNECT_MAX, self.at_hand.lock()).await;
        let mut place = place.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let at_hand = match place.take() {
            Some((connection, used_at)) if used_at.elapsed() <= IDLE_TRUSTED => Some(connection),
            Some((mut connection, _)) => connection.ping().await.is_ok().then_some(connection),
            None => None,
        };
        let mut connection = match at_hand {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        connection.close_on_drop();
        Ok(Taken { connection, place })
    }

    /// Waits for who is writing, and lets go of the database.
    pub(super) async fn close(&self) {
        let patience = tokio::time::timeout(CLOSE_MAX, self.at_hand.lock()).await;
        if let Ok(mut place) = patience {
            *place = None;
        }
        self.pool.close().await;
    }
}

/// How long the last one who writes is waited for: longer than anybody waits for a batch.
const CLOSE_MAX: Duration = Duration::from_secs(60);

impl<D: Database> Taken<'_, D> {
    pub(super) fn connection(&mut self) -> &mut D::Connection {
        &mut self.connection
    }

    /// Nothing is left undone: keeps the connection for the next one.
    pub(super) fn keep(self) {
        let Self { connection, mut place } = self;
        *place = Some((connection, Instant::now()));
    }
}
