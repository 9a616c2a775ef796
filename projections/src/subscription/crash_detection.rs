//! Notices that the database may have lost rows it had committed.
//!
//! The projections do not wait for their commits to reach the disk (`synchronous_commit = off`). A crash
//! of PostgreSQL loses the last of them, rows and checkpoint together, while the server keeps running:
//! a livechat in which nothing happens afterwards would stay behind its log forever. A crash of PostgreSQL drops
//! every connection, so a connection that only waits for its end notices it.

use super::backoff::Backoff;
use super::coordination::Coordination;
use crate::database::Database;

/// Holds a connection forever, which also keeps the slot from being emptied. When it is lost, nothing known about the
/// rows is reliable; once there is another, the rows have to be compared with the log.
pub(super) async fn watch(database: &Database, coordination: &Coordination) {
    let mut backoff = Backoff::default();
    let mut lost = false;
    loop {
        match database.connection().await {
            Ok(connection) => {
                if lost {
                    tracing::info!("the database is back; the projections are compared with the log");
                    coordination.wake();
                }
                backoff = Backoff::default();
                connection.ends().await;
                database.progress.forget();
                lost = true;
            }
            Err(error) => backoff.wait("the projections", &error).await,
        }
    }
}
