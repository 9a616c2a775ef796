//! Lays stones along a log, behind its end.
//!
//! Whoever lays them remembers nothing: it goes on from the last stone that can be used, so that it may be
//! stopped, or killed, at any point. Two that lay at once write the same twice.

use std::sync::Arc;
use std::time::Duration;

use domain::LivechatId;
use futures::StreamExt;
use journal::store::StateSnapshot;
use journal::{Chained, Position, Store};

use super::content::{self, version};
use crate::error::Error;
use crate::pages;
use crate::past::{Past, Until};

/// Events between two stones, at least: some 25 ms of reading and folding from SQLite, 45 from PostgreSQL, and a
/// large stone takes 10 to be opened.
pub const EVENTS_MIN: Position = 10_000;

/// Bytes of stones for each event between them, at most. An event takes 600 bytes or more in the log, so that
/// stones take less than a twelfth of it: a large state has its stones further apart.
pub const BYTES_PER_EVENT: u64 = 50;

/// How many times as long as the folding of a page a rest in the background is. Reading and decoding it took twice
/// as long as folding it did: what works for three parts and rests for twelve takes a fifth of a core.
const REST: u32 = 12;

/// Records read at once.
const PAGE: u64 = 1_000;

/// How stones are laid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Events between two stones, at least.
    pub events_min: Position,
    /// Whether it takes a fifth of a core, or all it can get.
    pub in_background: bool,
}

impl Manner {
    /// Somebody is waiting for it.
    pub const FULL: Self = Self { events_min: EVENTS_MIN, in_background: false };
    /// Nobody is.
    pub const BACKGROUND: Self = Self { events_min: EVENTS_MIN, in_background: true };

    /// How many events after a stone of so many bytes the next one is laid.
    fn distance(self, bytes: u64) -> Position {
        self.events_min.max(bytes / BYTES_PER_EVENT).max(1)
    }
}

/// What was laid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Laid {
    /// Stones.
    pub stones: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events folded for it.
    pub events: u64,
    /// The last position that was looked at.
    pub position: Position,
    /// Where the next stone will be laid, once the log is there.
    pub next: Position,
}

/// Lays the stones of a livechat that are not there, up to the end of its log. `done` is told the position
/// reached. Memory holds one state and a few pages.
///
/// # Errors
/// When the log cannot be read or the stones not be written; those laid before stay.
pub async fn lay(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    manner: Manner,
    done: impl Fn(Position) + Send + Sync,
) -> Result<Laid, Error> {
    let mut laid = Laid::default();
    let Some(stones) = store.state_snapshots() else { return Ok(laid) };
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let there = stones.all(livechat).await?;
    if there.iter().any(|stone| stone.version != version()) {
        stones.remove_other_versions(livechat, version()).await?;
    }
    let begun = super::last(store, livechat, Until::Position(head)).await?;
    let past = begun.unwrap_or_else(|| Past::unborn(livechat.clone()));
    let begun = past.position;
    let bytes = there.iter().find(|stone| stone.position == begun).map_or(0, |stone| stone.bytes);
    let laying = Laying { next: begun + manner.distance(bytes), past, manner };
    (laid.position, laid.next) = (begun, laying.next);
    if laying.next > head {
        done(head);
        return Ok(laid);
    }
    let (_, pages) = pages::fold(store, livechat, (begun, head), PAGE, laying, |laying, page| {
        let work = std::time::Instant::now();
        Ok(Some((laying.page(page)?, laying.past.position, laying.next, work.elapsed())))
    });
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.next().await {
        let (new, position, next, work) = page?;
        for stone in new {
            stones.save(livechat, &stone).await?;
            laid.stones += 1;
            laid.bytes += stone.content.len() as u64;
        }
        (laid.position, laid.next) = (position, next);
        laid.events = laid.position - begun;
        done(laid.position);
        if next > head {
            break;
        }
        if manner.in_background {
            tokio::time::sleep((work * REST).max(Duration::from_millis(1))).await;
        }
    }
    metrics::counter!("replay_stones_laid_total").increment(laid.stones);
    metrics::counter!("replay_stones_bytes_total").increment(laid.bytes);
    Ok(laid)
}

/// A livechat on the way.
struct Laying {
    past: Past,
    manner: Manner,
    /// Where the next stone is to be laid.
    next: Position,
}

impl Laying {
    /// Folds a page, and tells the stones that are to be laid in it.
    fn page(&mut self, page: &[Chained]) -> Result<Vec<StateSnapshot>, Error> {
        let mut stones = vec![];
        for chained in page {
            self.past.apply(&chained.record)?;
            if self.past.position >= self.next {
                let stone = content::write_down(&self.past, chained.hash_bytes().to_vec())?;
                self.next = self.past.position + self.manner.distance(stone.content.len() as u64);
                stones.push(stone);
            }
        }
        Ok(stones)
    }
}
