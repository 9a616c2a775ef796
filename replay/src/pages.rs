//! A log in pages, read and decoded ahead of whoever works on it.
//!
//! Positions are gapless, so where a page begins is known before the one before it is there: several are read
//! and decoded at the same time, on all cores, and given in order.
//!
//! Invariant: memory holds [`AHEAD`] pages and no more, however long the log is and however slow the reader.

use std::sync::Arc;

use domain::LivechatId;
use futures::{Stream, StreamExt, stream};
use journal::store::Stored;
use journal::upcast::decode;
use journal::{Position, Recorded, Store};

use crate::error::Error;

/// Pages that are read or decoded at once: one for each of two cores, and one that is being read meanwhile.
pub const AHEAD: usize = 3;

/// A record, with the hash that chains it to the one before.
#[derive(Clone, Debug)]
pub struct Chained {
    /// The record.
    pub record: Recorded,
    /// Its hash, as stored.
    pub hash: Vec<u8>,
}

/// The records of a livechat after a position up to another, `size` in a page. Ends early where the log does.
///
/// A record that cannot be decoded is an error of its page; whether records are missing is for the reader to
/// notice.
pub fn read(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    (after, until): (Position, Position),
    size: u64,
) -> impl Stream<Item = Result<Vec<Chained>, Error>> + Send + use<> {
    let (store, livechat) = (store.clone(), livechat.clone());
    let size = size.max(1);
    let starts = stream::unfold(after, move |start| async move {
        (start < until).then_some((start, start.saturating_add(size)))
    });
    let pages = starts.map(move |start| {
        let (store, livechat) = (store.clone(), livechat.clone());
        let limit = usize::try_from(until.saturating_sub(start).min(size)).unwrap_or(usize::MAX);
        async move { tokio::spawn(page(store, livechat, start, limit)).await? }
    });
    pages.buffered(AHEAD).take_while(|page| {
        let goes_on = page.as_ref().map_or(true, |page| !page.is_empty());
        async move { goes_on }
    })
}

async fn page(
    store: Arc<dyn Store>,
    livechat: LivechatId,
    after: Position,
    limit: usize,
) -> Result<Vec<Chained>, Error> {
    let stored = store.read().page(&livechat, after, limit).await?;
    let decoded = tokio::task::spawn_blocking(move || stored.into_iter().map(chained).collect());
    decoded.await?
}

fn chained(stored: Stored) -> Result<Chained, Error> {
    let record = decode(&stored).map_err(|error| Error::Record { position: stored.position, error })?;
    Ok(Chained { record, hash: stored.hash })
}
