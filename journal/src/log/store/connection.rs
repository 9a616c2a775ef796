//! How connections are kept, and how long anything waits for one.

use std::time::Duration;

use sqlx::pool::PoolOptions;

/// How long a lock on a SQLite file is waited for.
pub(super) const BUSY_MAX: Duration = Duration::from_secs(10);

/// How many connections read at once.
pub(super) const READERS: u32 = 4;

/// What each reader keeps in memory of a SQLite file.
pub(super) const READER_CACHE: &str = "-8192";

/// How long a connection to the database is waited for before a command or a reading is answered with
/// "try again": longer than a restart of a healthy database, shorter than the patience of a client.
pub(super) const CONNECT_MAX: Duration = Duration::from_secs(5);

/// How long a connection may have been idle before it is tried out: the database may have been restarted.
pub(super) const IDLE_TRUSTED: Duration = Duration::from_secs(1);

/// A pool that finds out that a connection is dead before somebody uses it, without asking each time, and
/// whose callers wait for a connection no longer than a client does for an answer.
pub fn pool<D: sqlx::Database>(connections: u32) -> PoolOptions<D> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT_MAX)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > IDLE_TRUSTED {
                    // An error closes this connection and opens another.
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
}
