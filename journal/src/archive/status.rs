//! How far each log goes, and what its livechat waits for.
//!
//! Invariant: this reads heads, snapshots and last records only, and returns what they say without checking it.

use domain::{LivechatId, Timestamp};
use serde::Serialize;

use super::checks::read;
use super::error::Error;
use crate::log::entry::hex;
use crate::log::record::Position;
use crate::log::store::Store;

/// How far the log of one livechat goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogStatus {
    /// Which one.
    pub livechat: LivechatId,
    /// How many records it has: the position of its head.
    pub records: Position,
    /// The hash of its head, in hexadecimal.
    pub hash: String,
    /// When its last record was written, when that can be read.
    pub last_at: Option<Timestamp>,
    /// The position of its snapshot.
    pub snapshot: Option<Position>,
    /// When its first timer fires; the beginning of 1970 when nobody has looked since it was imported.
    pub wake_at: Option<Timestamp>,
    /// Is an operator connected, or may one be?
    pub attended: bool,
}

/// The status of every livechat's log, in the order of their names.
///
/// # Errors
/// When the log cannot be read.
pub async fn status(store: &dyn Store) -> Result<Vec<LogStatus>, Error> {
    let log = store.read();
    let mut statuses = Vec::new();
    for head in log.heads().await? {
        let last = log.page(&head.livechat, head.position.saturating_sub(1), 1).await?;
        let last_at = last.first().and_then(|stored| read(stored).ok()).map(|record| record.event.at);
        let snapshot = log.snapshot(&head.livechat).await?.map(|snapshot| snapshot.position);
        statuses.push(LogStatus {
            livechat: head.livechat,
            records: head.position,
            hash: hex(&head.hash),
            last_at,
            snapshot,
            wake_at: head.wake_up.wake_at,
            attended: head.wake_up.attended,
        });
    }
    Ok(statuses)
}
