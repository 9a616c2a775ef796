//! Creates snapshots along a log, up to its end.
//!
//! Nothing is remembered between two runs: each goes on from the last snapshot that can be used, so it may be
//! stopped, or killed, at any point. Two that run at once write the same twice.

use std::sync::Arc;
use std::time::Duration;

use domain::LivechatId;
use futures::StreamExt;
use journal::store::Snapshot;
use journal::{Chained, Position, Store};

use super::content::{self, version};
use super::last::last;
use crate::error::Error;
use crate::ordered_fold;
use crate::state_at::{AsOf, StateAt};

/// Events between two snapshots, at least: some 25 ms of reading and folding from SQLite, 45 from PostgreSQL, and a
/// large snapshot takes 10 to be opened.
pub const EVENTS_MIN: Position = 10_000;

/// Bytes of snapshots for each event between them, at most. An event takes 600 bytes or more in the log, so
/// snapshots take less than a twelfth of it: snapshots of a large state are further apart.
pub const BYTES_PER_EVENT: u64 = 50;

/// How many times as long as the folding of a page a rest in the background is. Reading and decoding it took twice
/// as long as folding it did: a task that works for three parts and rests for twelve takes a fifth of a core.
const REST: u32 = 12;

/// Records read at once.
const PAGE: u64 = 1_000;

/// How fast snapshots are created, and how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Events between two snapshots, at least.
    pub events_min: Position,
    /// Whether it takes a fifth of a core, or as much as it can get.
    pub in_background: bool,
}

impl Pace {
    /// A caller is waiting for it.
    pub const FULL: Self = Self { events_min: EVENTS_MIN, in_background: false };
    /// None is.
    pub const BACKGROUND: Self = Self { events_min: EVENTS_MIN, in_background: true };

    /// The number of events after a snapshot of this many bytes until the next one is created.
    fn distance(self, bytes: u64) -> Position {
        self.events_min.max(bytes / BYTES_PER_EVENT).max(1)
    }
}

/// What was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Snapshots.
    pub snapshots: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events folded for it.
    pub events: u64,
    /// The last position that was folded.
    pub position: Position,
    /// Where the next snapshot will be created, once the log has reached that position.
    pub next: Position,
}

/// Creates the missing snapshots of a livechat, up to the end of its log. `done` is called with the position
/// reached. Memory holds one state and a few pages.
///
/// # Errors
/// When the log cannot be read or a snapshot cannot be written; those created before stay.
pub async fn create(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    pace: Pace,
    done: impl Fn(Position) + Send + Sync,
) -> Result<Progress, Error> {
    let mut progress = Progress::default();
    let Some(snapshots) = store.state_snapshots() else { return Ok(progress) };
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let there = snapshots.all(livechat).await?;
    if there.iter().any(|snapshot| snapshot.version != version()) {
        snapshots.remove_other_versions(livechat, version()).await?;
    }
    let begun = last(store, livechat, AsOf::Position(head)).await?;
    let past = begun.unwrap_or_else(|| StateAt::empty(livechat.clone()));
    let begun = past.position;
    let bytes = there.iter().find(|snapshot| snapshot.position == begun).map_or(0, |snapshot| snapshot.bytes);
    let creation = Creation { next: begun + pace.distance(bytes), past, pace };
    (progress.position, progress.next) = (begun, creation.next);
    if creation.next > head {
        done(head);
        return Ok(progress);
    }
    let (_, pages) = ordered_fold::fold(store, livechat, (begun, head), PAGE, creation, |creation, page| {
        let work = std::time::Instant::now();
        Ok(Some((creation.page(page)?, creation.past.position, creation.next, work.elapsed())))
    });
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.next().await {
        let (new, position, next, work) = page?;
        for snapshot in new {
            snapshots.save(livechat, &snapshot).await?;
            progress.snapshots += 1;
            progress.bytes += snapshot.content.len() as u64;
        }
        (progress.position, progress.next) = (position, next);
        progress.events = progress.position - begun;
        done(progress.position);
        if next > head {
            break;
        }
        if pace.in_background {
            tokio::time::sleep((work * REST).max(Duration::from_millis(1))).await;
        }
    }
    metrics::counter!("replay_state_snapshots_total").increment(progress.snapshots);
    metrics::counter!("replay_state_snapshots_bytes_total").increment(progress.bytes);
    Ok(progress)
}

/// A livechat on the way, with the snapshots to create.
struct Creation {
    past: StateAt,
    pace: Pace,
    /// Where the next snapshot is to be created.
    next: Position,
}

impl Creation {
    /// Folds a page, and returns the snapshots to be created in it.
    fn page(&mut self, page: &[Chained]) -> Result<Vec<Snapshot>, Error> {
        let mut snapshots = vec![];
        for chained in page {
            self.past.apply(&chained.record)?;
            if self.past.position >= self.next {
                let snapshot = content::serialize(&self.past, chained.hash_bytes().to_vec())?;
                self.next = self.past.position + self.pace.distance(snapshot.content.len() as u64);
                snapshots.push(snapshot);
            }
        }
        Ok(snapshots)
    }
}
