//! Notices that the database may have taken back rows it had committed.
//!
//! Nobody waits for the commits of the projections to reach the disk (`synchronous_commit = off`). A crash
//! of PostgreSQL takes back the last of them, rows and checkpoint together, under a server that goes on:
//! a livechat in which nothing happens afterwards would stay behind its log for ever. PostgreSQL does not
//! crash without cutting off whoever is connected, so a connection that only waits for its end tells.

use crate::backoff::Backoff;
use crate::control::Control;
use crate::database::Database;

/// Holds a connection for ever, which also keeps the place from being emptied. When it is lost, nothing that was known of the rows holds any more; once
/// there is another, the log has to be compared with them.
pub(crate) async fn keep(database: &Database, control: &Control) {
    let mut backoff = Backoff::default();
    let mut lost = false;
    loop {
        match database.connection().await {
            Ok(connection) => {
                if lost {
                    tracing::info!("the database is back; the projections are compared with the log");
                    control.wake();
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
