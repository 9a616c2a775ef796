//! The writer's connection, kept between batches: the pool would take each one back in a task of its
//! own, try it out, and meanwhile open another.
//!
//! Invariant: a connection is kept only after what was done with it has come to an end. One that was left in the
//! middle, by an error or because nobody waits any more, is closed: nobody knows which transaction it is in.

use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection, Database, Pool};
use tokio::sync::{Mutex, MutexGuard};

use super::connection::{CONNECT_MAX, IDLE_TRUSTED};

type Idle<D> = Option<(PoolConnection<D>, Instant)>;

/// What writes, one at a time.
pub(super) struct Writer<D: Database> {
    pool: Pool<D>,
    idle: Mutex<Idle<D>>,
}

/// The connection, while somebody writes.
pub(super) struct Lease<'a, D: Database> {
    connection: PoolConnection<D>,
    slot: MutexGuard<'a, Idle<D>>,
}

impl<D: Database> Writer<D> {
    pub(super) fn of(pool: Pool<D>) -> Self {
        Self { pool, idle: Mutex::new(None) }
    }

    /// The connection, as soon as nobody else writes.
    ///
    /// # Errors
    /// When that takes too long, or the database cannot be reached.
    pub(super) async fn take(&self) -> Result<Lease<'_, D>, sqlx::Error> {
        let slot = tokio::time::timeout(CONNECT_MAX, self.idle.lock()).await;
        let mut slot = slot.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let idle = match slot.take() {
            Some((connection, used_at)) if used_at.elapsed() <= IDLE_TRUSTED => Some(connection),
            Some((mut connection, _)) => connection.ping().await.is_ok().then_some(connection),
            None => None,
        };
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        connection.close_on_drop();
        Ok(Lease { connection, slot })
    }

    /// Waits for the current write, and lets go of the database.
    pub(super) async fn close(&self) {
        let patience = tokio::time::timeout(CLOSE_MAX, self.idle.lock()).await;
        if let Ok(mut slot) = patience {
            *slot = None;
        }
        self.pool.close().await;
    }
}

/// How long the last one who writes is waited for: longer than anybody waits for a batch.
const CLOSE_MAX: Duration = Duration::from_secs(60);

impl<D: Database> Lease<'_, D> {
    pub(super) fn connection(&mut self) -> &mut D::Connection {
        &mut self.connection
    }

    /// Nothing is left undone: gives the connection back for the next batch.
    pub(super) fn give_back(self) {
        let Self { connection, mut slot } = self;
        *slot = Some((connection, Instant::now()));
    }
}
