//! The writer: one task that makes what has queued durable, one transaction at a time.
//!
//! There is no fixed delay: a batch is whatever queued while the one before was being written. After
//! the commit the batch is published and every command in it answered, in order. When a batch fails,
//! everything in it fails, and so does everything that was decided on top of it: each loading of a
//! livechat has a [`Fate`], which the failure breaks. The livechat is woken a moment later, so that it
//! is loaded anew though nobody sends anything: the batch may have been written all the same, and the
//! timers it cancelled may still be running.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use crate::entry::Entry;
use crate::error::Error;
use crate::feed::Feed;
use crate::loaded::Fate;
use crate::recorded::Recorded;
use crate::store::{Store, StoreError};
use crate::timekeeper::Again;

/// Entries in one transaction, at most: enough to amortise the commit, few enough that a failure
/// takes little with it.
const ENTRIES_PER_BATCH_MAX: usize = 2_000;

/// How long the database may take for one batch. Whether it was written after all is found out when the
/// livechats are loaded again.
const APPEND_MAX: Duration = Duration::from_secs(30);

/// What waits to be written; without entries, an answer that waits for those before it.
pub(crate) struct Pending {
    pub(crate) entries: Vec<Entry>,
    pub(crate) records: Vec<Arc<Recorded>>,
    pub(crate) fate: Arc<Fate>,
    pub(crate) done: oneshot::Sender<Result<(), Error>>,
}

/// Writes until the last sender is gone and the queue is empty.
pub(crate) async fn run(
    mut queue: mpsc::Receiver<Pending>,
    store: Arc<dyn Store>,
    feed: Arc<Feed>,
    again: Again,
) {
    while let Some(first) = queue.recv().await {
        let mut size = first.entries.len();
        let mut batch = vec![first];
        while size < ENTRIES_PER_BATCH_MAX
            && let Ok(next) = queue.try_recv()
        {
            size += next.entries.len();
            batch.push(next);
        }
        metrics::gauge!("journal_queue_commands").set(count(queue.len()));
        write(batch, store.as_ref(), &feed, &again).await;
    }
}

async fn write(batch: Vec<Pending>, store: &dyn Store, feed: &Feed, again: &Again) {
    // What was decided on events that never reached the log cannot be written.
    let (doomed, mut batch): (Vec<_>, Vec<_>) =
        batch.into_iter().partition(|pending| pending.fate.is_broken());
    for pending in doomed {
        // It may have told the timekeeper a deadline that is not in the log.
        if let Some(lost) = pending.records.last() {
            again.wake(&lost.livechat);
        }
        fail(pending, "what it was decided on could not be written");
    }
    let entries: Vec<Entry> =
        batch.iter_mut().flat_map(|pending| std::mem::take(&mut pending.entries)).collect();
    if !entries.is_empty() {
        let started = Instant::now();
        if let Err(error) = append(store, &entries).await {
            tracing::error!(%error, entries = entries.len(), "a batch could not be written");
            metrics::counter!("journal_batches_failed_total").increment(1);
            for pending in &batch {
                if let Some(lost) = pending.records.last() {
                    // In this order: loading it anew replaces this wake-up by its true deadline.
                    again.wake(&lost.livechat);
                    pending.fate.break_off();
                }
            }
            for pending in batch {
                if pending.fate.is_broken() {
                    fail(pending, &error.to_string());
                } else {
                    // It waited for earlier batches only.
                    let _ = pending.done.send(Ok(()));
                }
            }
            return;
        }
        metrics::histogram!("journal_commit_seconds").record(started.elapsed());
        metrics::histogram!("journal_batch_events").record(count(entries.len()));
        metrics::counter!("journal_events_total").increment(entries.len() as u64);
    }
    let mut committed = Vec::with_capacity(entries.len());
    for pending in &batch {
        if let Some(last) = pending.records.last() {
            pending.fate.made_durable(last.position);
        }
        committed.extend(pending.records.iter().cloned());
    }
    if !committed.is_empty() {
        feed.publish(Arc::new(committed));
    }
    for pending in batch {
        // Whoever asked may have gone.
        let _ = pending.done.send(Ok(()));
    }
}

/// Appends, but does not wait for ever: a database that went silent holds up every livechat.
async fn append(store: &dyn Store, entries: &[Entry]) -> Result<(), StoreError> {
    match tokio::time::timeout(APPEND_MAX, store.append(entries)).await {
        Ok(done) => done,
        Err(_) => Err(StoreError::Silent(APPEND_MAX)),
    }
}

/// A count as a metric.
fn count(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap_or(u32::MAX))
}

fn fail(pending: Pending, why: &str) {
    pending.fate.break_off();
    let _ = pending.done.send(Err(Error::NotDurable(why.to_owned())));
}
