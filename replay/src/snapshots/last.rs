//! The snapshot to start from.

use std::sync::Arc;

use domain::{LivechatId, Timestamp};
use journal::Store;
use journal::store::{Snapshot, Unusable};

use super::content::{self, version};
use crate::error::Error;
use crate::state_at::{AsOf, StateAt};

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
    found: Snapshot,
) -> Result<Result<StateAt, Unusable>, Error> {
    if !store.read().holds(livechat, &found).await? {
        return Ok(Err(Unusable::NotInLog));
    }
    let livechat = livechat.clone();
    Ok(tokio::task::spawn_blocking(move || content::open(&livechat, &found)).await?)
}
