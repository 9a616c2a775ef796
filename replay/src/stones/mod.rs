//! Stepping stones: livechats as they were all along their logs, kept so that any moment is near one of them.
//!
//! [`content`] is what is in a stone and when it may be believed, [`last`] finds the one to begin from, and
//! [`lay`](mod@lay) lays them.
//!
//! Invariant: an answer is the same with stones and without. A stone is used only if it was laid by code of the
//! same versions, its checksum fits, and the record it stands at is in the log with the same hash; otherwise the
//! one before it is tried, and at last the beginning of the log.

pub mod content;
pub mod lay;

use std::sync::Arc;

use domain::{Instant, LivechatId};
use journal::Store;
use journal::store::{StateSnapshot, StoredRecord};

use crate::error::Error;
use crate::past::{Past, Until};

pub use content::{Unusable, version};
pub use lay::{Laid, Manner, lay};

/// The livechat as the last stone tells that can be used, at `until` or before; nothing when there is none.
///
/// # Errors
/// When the database cannot be read.
pub async fn last(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    until: Until,
) -> Result<Option<Past>, Error> {
    let Some(stones) = store.state_snapshots() else { return Ok(None) };
    let (mut position, moment) = match until {
        Until::Position(position) => (position, Instant::MAX_UTC),
        Until::Moment(moment) => (journal::Position::MAX, moment),
    };
    while let Some(stone) = stones.last(livechat, version(), position, moment).await? {
        let at = stone.position;
        match usable(store, livechat, stone).await? {
            Ok(past) if includes(until, &past) => return Ok(Some(past)),
            Ok(_) => {}
            Err(why) => {
                tracing::warn!(livechat = %livechat, position = at, %why, "a stepping stone is ignored");
            }
        }
        let Some(before) = at.checked_sub(1) else { break };
        position = before;
    }
    Ok(None)
}

fn includes(until: Until, past: &Past) -> bool {
    match until {
        Until::Position(position) => past.position <= position,
        Until::Moment(moment) => past.livechat.clock() <= moment,
    }
}

/// What a stone tells, or why it cannot be used.
///
/// # Errors
/// When the database cannot be read.
pub async fn usable(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    found: StateSnapshot,
) -> Result<Result<Past, Unusable>, Error> {
    let record = store.read().page(livechat, found.position.saturating_sub(1), 1).await?;
    if !record.first().is_some_and(|record| stands_at(&found, record)) {
        return Ok(Err(Unusable::Stray));
    }
    let livechat = livechat.clone();
    Ok(tokio::task::spawn_blocking(move || content::open(&livechat, &found)).await?)
}

fn stands_at(stone: &StateSnapshot, record: &StoredRecord) -> bool {
    record.position == stone.position && record.hash == stone.record_hash
}
