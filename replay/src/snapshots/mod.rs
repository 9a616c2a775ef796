//! State snapshots: livechats as they were all along their logs, kept so that any time is near one of them.
//!
//! [`content`] is what is in a snapshot and when it may be trusted, [`last`] finds the one to start from, and
//! [`create`](mod@create) creates them.
//!
//! Invariant: an answer is the same with snapshots and without. A snapshot is used only if it was created by code of
//! the same versions, its checksum fits, and its record is in the log with the same hash; otherwise the one before it
//! is tried, and at last the beginning of the log.

pub mod content;
pub mod create;

use std::sync::Arc;

use domain::{LivechatId, Timestamp};
use journal::Store;
use journal::store::{StateSnapshot, StoredRecord};

use crate::error::Error;
use crate::state_at::{AsOf, StateAt};

pub use content::{Unusable, version};
pub use create::{Pace, Progress, create};

/// The livechat according to the last usable snapshot, at `as_of` or before; nothing when there is none.
///
/// # Errors
/// When the database cannot be read.
pub async fn last(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    as_of: AsOf,
) -> Result<Option<StateAt>, Error> {
    let Some(snapshots) = store.state_snapshots() else { return Ok(None) };
    let (mut position, time) = match as_of {
        AsOf::Position(position) => (position, Timestamp::MAX_UTC),
        AsOf::Time(time) => (journal::Position::MAX, time),
    };
    while let Some(snapshot) = snapshots.last(livechat, version(), position, time).await? {
        let at = snapshot.position;
        match usable(store, livechat, snapshot).await? {
            Ok(past) if includes(as_of, &past) => return Ok(Some(past)),
            Ok(_) => {}
            Err(why) => {
                tracing::warn!(livechat = %livechat, position = at, %why, "a state snapshot is ignored");
            }
        }
        let Some(before) = at.checked_sub(1) else { break };
        position = before;
    }
    Ok(None)
}

fn includes(as_of: AsOf, past: &StateAt) -> bool {
    match as_of {
        AsOf::Position(position) => past.position <= position,
        AsOf::Time(time) => past.livechat.clock() <= time,
    }
}

/// What a snapshot holds, or why it cannot be used.
///
/// # Errors
/// When the database cannot be read.
pub async fn usable(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    found: StateSnapshot,
) -> Result<Result<StateAt, Unusable>, Error> {
    let record = store.read().page(livechat, found.position.saturating_sub(1), 1).await?;
    if !record.first().is_some_and(|record| matches(&found, record)) {
        return Ok(Err(Unusable::NotInLog));
    }
    let livechat = livechat.clone();
    Ok(tokio::task::spawn_blocking(move || content::open(&livechat, &found)).await?)
}

fn matches(snapshot: &StateSnapshot, record: &StoredRecord) -> bool {
    record.position == snapshot.position && record.hash == snapshot.record_hash
}
