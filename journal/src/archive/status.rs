//! How far each log goes, and what its livechat waits for.
//!
//! Invariant: this reads heads, snapshots and last records only, and tells what they say without checking it.

use domain::{Instant, LivechatId};
use serde::Serialize;

use super::Error;
use super::chain::read;
use crate::entry::hex;
use crate::recorded::Position;
use crate::store::Store;

/// Where one livechat stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Which one.
    pub livechat: LivechatId,
    /// How many records it has: the position of its head.
    pub records: Position,
    /// The hash of its head, in hexadecimal.
    pub hash: String,
    /// When its last record was written, when that can be read.
    pub last_at: Option<Instant>,
    /// The position of its snapshot.
    pub snapshot: Option<Position>,
    /// When its first timer fires; the beginning of 1970 when nobody has looked since it was imported.
    pub wake_at: Option<Instant>,
    /// Is an operator connected, or may one be?
    pub attended: bool,
}

/// Where every livechat stands, in the order of their names.
///
/// # Errors
/// When the log cannot be read.
pub async fn status(store: &dyn Store) -> Result<Vec<Standing>, Error> {
    let log = store.read();
    let mut standings = Vec::new();
    for head in log.heads().await? {
        let last = log.page(&head.livechat, head.position.saturating_sub(1), 1).await?;
        let last_at = last.first().and_then(|stored| read(stored).ok()).map(|record| record.event.at);
        let snapshot = log.snapshot(&head.livechat).await?.map(|snapshot| snapshot.position);
        standings.push(Standing {
            livechat: head.livechat,
            records: head.position,
            hash: hex(&head.hash),
            last_at,
            snapshot,
            wake_at: head.outlook.wake_at,
            attended: head.outlook.attended,
        });
    }
    Ok(standings)
}
