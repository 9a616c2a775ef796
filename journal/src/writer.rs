//! The writer: one thread that makes what has queued durable, one transaction at a time.
//!
//! There is no fixed delay: a batch is whatever queued while the one before was being written. What is
//! durable is handed to a task outside, which publishes it and answers every command in it, in order,
//! while the next batch is being written already. The thread is the writer's own, so that the database never
//! waits until one of ten thousand tasks that were just answered has had its turn.
//!
//! When the database refuses a batch because of something in it, the batch is halved until the one
//! command is found that cannot be written, or the one livechat that somebody else wrote to; the others
//! never notice. When a batch fails in any other way, everything in it fails, and so does everything that
//! was decided on top of it: each loading of a livechat has a [`Generation`](crate::livechats::generation::Generation), which the failure breaks. The
//! livechat is woken shortly after, so that it is loaded anew though nobody sends anything: the batch may
//! have been written all the same, and the timers it cancelled may still be running.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::command::append_queue::Pending;
use crate::error::Error;
use crate::health::Health;
use crate::log::entry::Entry;
use crate::log::store::{Store, StoreError};
use crate::metric::as_f64;
use crate::runtime::Runtime;
use crate::subscription::Feed;
use crate::timekeeper::handle::Timekeeper;

/// Entries in one transaction, at most: enough to amortise the commit and the moving of heads, few enough
/// that a failure takes little with it.
const ENTRIES_PER_BATCH_MAX: usize = 5_000;

/// Batches that may wait to be published and answered.
const BATCHES_UNANSWERED_MAX: usize = 4;

/// How long the database may take for one batch. Whether it was written after all is found out when the
/// livechats are loaded again.
const APPEND_MAX: Duration = Duration::from_secs(30);

/// Messages to the task that publishes and answers.
enum Outcome {
    /// These are durable.
    Durable(Vec<Pending>),
    /// Report when everything before this is published and answered.
    Flush(oneshot::Sender<()>),
}

/// What the writer works with.
pub(crate) struct Writer {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) timekeeper: Timekeeper,
    pub(crate) health: Arc<Health>,
}

/// Writes until the last sender is gone and the queue is empty, and every answer is given.
pub(crate) async fn run(
    queue: mpsc::Receiver<Pending>,
    writer: Writer,
    feed: Arc<Feed>,
    runtime: Arc<dyn Runtime>,
) {
    let (outcomes, published) = mpsc::channel(BATCHES_UNANSWERED_MAX);
    let writing = runtime.spawn_dedicated("pupitre-writer", Box::pin(write_all(queue, writer, outcomes)));
    // Answers end when the writer does, however that ends.
    futures::join!(writing, answer(published, feed));
}

async fn write_all(mut queue: mpsc::Receiver<Pending>, writer: Writer, outcomes: mpsc::Sender<Outcome>) {
    while let Some(first) = queue.recv().await {
        let mut size = first.entries.len();
        let mut batch = vec![first];
        while size < ENTRIES_PER_BATCH_MAX
            && let Ok(next) = queue.try_recv()
        {
            size += next.entries.len();
            batch.push(next);
        }
        metrics::gauge!("journal_queue_commands").set(as_f64(queue.len()));
        writer.write(batch, &outcomes).await;
    }
}

/// Publishes what is durable, then answers the callers.
async fn answer(mut outcomes: mpsc::Receiver<Outcome>, feed: Arc<Feed>) {
    while let Some(outcome) = outcomes.recv().await {
        let batch = match outcome {
            Outcome::Durable(batch) => batch,
            Outcome::Flush(done) => {
                let _ = done.send(());
                continue;
            }
        };
        let mut committed = Vec::with_capacity(batch.len());
        for pending in &batch {
            if let Some(last) = pending.records.last() {
                pending.generation.made_durable(last.position);
            }
            committed.extend(pending.records.iter().cloned());
        }
        if !committed.is_empty() {
            feed.publish(Arc::new(committed));
        }
        for pending in batch {
            // The caller may have gone.
            let _ = pending.done.send(Ok(()));
        }
    }
}

impl Writer {
    async fn write(&self, batch: Vec<Pending>, outcomes: &mpsc::Sender<Outcome>) {
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            let mut part = self.without_doomed(part);
            let sizes: Vec<usize> = part.iter().map(|pending| pending.entries.len()).collect();
            let mut entries: Vec<Entry> =
                part.iter_mut().flat_map(|pending| std::mem::take(&mut pending.entries)).collect();
            let error = match self.append(&entries).await {
                Ok(()) => {
                    // Without the task that answers, no caller is waiting any more.
                    let _ = outcomes.send(Outcome::Durable(part)).await;
                    continue;
                }
                Err(error) => error,
            };
            if error.blames_the_batch() && sizes.iter().filter(|size| **size > 0).count() > 1 {
                for (pending, size) in part.iter_mut().zip(sizes) {
                    pending.entries = entries.drain(..size).collect();
                }
                let later = part.split_off(part.len() / 2);
                parts.push(later);
                parts.push(part);
                continue;
            }
            self.fail(part, &error, outcomes).await;
        }
    }

    /// What was decided on events that never reached the log cannot be written.
    fn without_doomed(&self, part: Vec<Pending>) -> Vec<Pending> {
        let (doomed, part): (Vec<_>, Vec<_>) =
            part.into_iter().partition(|pending| pending.generation.is_invalid());
        for pending in doomed {
            // It may have sent the timekeeper a deadline that is not in the log.
            if let Some(lost) = pending.records.last() {
                self.timekeeper.retry_later(&lost.livechat);
            }
            let why = "what it was decided on could not be written".to_owned();
            let _ = pending.done.send(Err(Error::NotDurable(why)));
        }
        part
    }

    /// Appends, but does not wait for ever: a database that went silent holds up every livechat.
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        let done = tokio::time::timeout(APPEND_MAX, self.store.append(entries)).await;
        let done = done.unwrap_or(Err(StoreError::Silent(APPEND_MAX)));
        self.health.wrote(done.as_ref().err());
        if done.is_ok() {
            metrics::histogram!("journal_commit_seconds").record(started.elapsed());
            metrics::histogram!("journal_batch_events").record(as_f64(entries.len()));
            metrics::counter!("journal_events_total").increment(entries.len() as u64);
        }
        done
    }

    async fn fail(&self, part: Vec<Pending>, error: &StoreError, outcomes: &mpsc::Sender<Outcome>) {
        tracing::error!(%error, "a batch could not be written");
        metrics::counter!("journal_batches_failed_total").increment(1);
        // Reloading a livechat publishes what comes after its last durable event: everything written before has
        // to be published by then.
        let (done, flushed) = oneshot::channel();
        if outcomes.send(Outcome::Flush(done)).await.is_ok() {
            let _ = flushed.await;
        }
        for pending in &part {
            if let Some(lost) = pending.records.last() {
                // In this order: loading it anew replaces this wake-up by its true deadline.
                self.timekeeper.retry_later(&lost.livechat);
                pending.generation.invalidate();
            }
        }
        for pending in part {
            let answer = if !pending.generation.is_invalid() {
                // It waited for earlier batches only.
                Ok(())
            } else if matches!(error, StoreError::Refused(_)) && !pending.records.is_empty() {
                Err(Error::Unwritable(error.to_string()))
            } else {
                Err(Error::NotDurable(error.to_string()))
            };
            let _ = pending.done.send(answer);
        }
    }
}
