//! A livechat as it was (spec.md §The desk, the supervisor, the visitor: any of these screens *as it was*).
//!
//! Folded from the last state snapshot before that position or time, or from the first event where there is none: the
//! answer is the same, it only takes longer.

use std::sync::Arc;

use domain::LivechatId;
use futures::TryStreamExt;
use journal::{Chained, Journal, Store};

use crate::error::Error;
use crate::ordered_fold;
use crate::snapshots;
use crate::state_at::{AsOf, Extent, StateAt};

/// Records read at once: few enough that the first are folded while the last are read, after a state snapshot.
const PAGE: u64 = 1_000;

/// A livechat as it was at a position or a time, from the log of a journal. See [`in_store`].
///
/// # Errors
/// When the log cannot be read.
pub async fn at(journal: &Journal, livechat: &LivechatId, as_of: AsOf) -> Result<StateAt, Error> {
    in_store(journal.store(), livechat, as_of).await
}

/// A livechat as it was at a position or a time; as it is, where that is beyond the end of its log.
///
/// It costs one state snapshot and a few thousand events after it, wherever in the log that is; without any
/// state snapshot, all the events before it. The log is read in pages, so memory does not grow with its length.
///
/// # Errors
/// When the log cannot be read, or is not whole.
pub async fn in_store(store: &Arc<dyn Store>, livechat: &LivechatId, as_of: AsOf) -> Result<StateAt, Error> {
    let begun = snapshots::last(store, livechat, as_of).await?;
    let past = begun.unwrap_or_else(|| StateAt::empty(livechat.clone()));
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let extent = as_of.extent(store, livechat, head).await?;
    fold_on(store, past, extent).await
}

/// Folds the events that come next, up to the end of the extent.
async fn fold_on(store: &Arc<dyn Store>, past: StateAt, extent: Extent) -> Result<StateAt, Error> {
    let (livechat, begun) = (past.floor.livechat().clone(), past.position);
    let (handle, pages) =
        ordered_fold::fold(store, &livechat, (begun, extent.end), PAGE, past, move |past, page| {
            for Chained { record, .. } in page {
                if !extent.includes(record) {
                    return Ok(None);
                }
                past.apply(record)?;
            }
            Ok(Some(()))
        });
    pages.try_collect::<()>().await?;
    handle.take()
}
