//! Which batches, for ever: follows the log and keeps the rows up to date.
//!
//! Subscribe first, then catch up from the log, then apply what arrives. Whenever the live events are
//! not what comes next (this reader was too slow, or one is missing), the log itself is read again: it
//! is the truth, the live events are only the fast way to it.
//!
//! A livechat whose log has a hole, or an event that cannot be stored, is parked: it is reported once
//! and left as it is until the next start, and the others go on. A database that does not answer is
//! asked again for ever, and nothing is skipped. One that may have crashed is compared with the log.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use domain::LivechatId;
use journal::{Position, Recorded};
use metrics::{counter, gauge};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::ahead::Ahead;
use crate::backoff::Backoff;
use crate::error::Error;
use crate::runner::{Changes, Runner};
use crate::vigil;

/// Whatever goes wrong in a log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A log that can be followed.
#[async_trait]
pub trait Log: Send + Sync {
    /// Every livechat and the position of its last event.
    async fn heads(&self) -> Result<Vec<(LivechatId, Position)>, BoxError>;

    /// The events of a livechat after a position, in order, at most `limit`.
    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Recorded>>, BoxError>;

    /// Events as they are committed; an event is in [`Log::read`] before it is here.
    fn subscribe(&self) -> broadcast::Receiver<Arc<Vec<Arc<Recorded>>>>;
}

/// Live events put into one transaction at most: what is ready, not what could be waited for.
const LIVE_EVENTS_MAX: usize = 5_000;

/// Follows the log until cancelled or until the log is closed. What changed on the boards is sent to
/// `changes` after it was committed; nobody needs to listen.
///
/// Cancelled in the middle of a batch, the batch is rolled back and read again at the next start.
///
/// Metrics: `projections_events_total`, `projections_lag_events` (known and not yet applied),
/// `projections_parked` (livechats).
pub async fn follow(
    log: impl Log + 'static,
    runner: Runner,
    changes: broadcast::Sender<Arc<Changes>>,
    cancel: CancellationToken,
) {
    let compare = Notify::new();
    let vigil = vigil::keep(runner.database().clone(), &compare);
    let mut follower = Follower { log: Arc::new(log), runner, changes, parked: HashSet::new() };
    gauge!("projections_parked").set(0.0);
    let both = async {
        tokio::select! {
            () = follower.run(&compare) => {}
            () = vigil => {}
        }
    };
    cancel.run_until_cancelled(both).await;
}

struct Follower<L> {
    log: Arc<L>,
    runner: Runner,
    changes: broadcast::Sender<Arc<Changes>>,
    parked: HashSet<LivechatId>,
}

impl<L: Log + 'static> Follower<L> {
    async fn run(&mut self, compare: &Notify) {
        let mut live = self.log.subscribe();
        self.catch_up().await;
        loop {
            let received = tokio::select! {
                received = live.recv() => received,
                () = compare.notified() => {
                    self.catch_up().await;
                    continue;
                }
            };
            let complete = match received {
                Ok(first) => {
                    let (batch, complete) = drain(&first, &mut live);
                    self.apply(batch).await && complete
                }
                Err(RecvError::Lagged(_)) => false,
                Err(RecvError::Closed) => return,
            };
            if !complete {
                self.catch_up().await;
            }
        }
    }

    /// Applies everything that the log has and the rows have not.
    async fn catch_up(&mut self) {
        let mut backoff = Backoff::default();
        let (heads, checkpoints) = loop {
            // In this order: the log only grows, so its heads are never behind rows of the same log.
            match (self.runner.checkpoints().await, self.log.heads().await) {
                (Ok(checkpoints), Ok(heads)) => break (heads, checkpoints),
                (_, Err(error)) => backoff.wait("the log", &*error).await,
                (Err(error), _) => backoff.wait("the projections", &error).await,
            }
        };
        for (livechat, checkpoint) in &checkpoints {
            let head = heads.iter().find(|(id, _)| id == livechat).map_or(0, |(_, head)| *head);
            if head < *checkpoint {
                let (livechat, checkpoint) = (livechat.clone(), *checkpoint);
                self.park(&livechat.clone(), &Error::Ahead { livechat, checkpoint, head });
            }
        }
        let position = |livechat: &LivechatId| checkpoints.get(livechat).copied().unwrap_or_default();
        let mut lag: Position = heads.iter().map(|(id, head)| head.saturating_sub(position(id))).sum();
        let parts = heads.into_iter().map(|(livechat, head)| {
            let reached = position(&livechat);
            (livechat, reached, head)
        });
        let mut ahead = Ahead::of(self.log.clone(), parts);
        ahead.retain(|livechat| !self.parked.contains(livechat));
        let mut reading = ahead.read();
        // It ends early only if it panics; then the next live event shows that something is missing.
        while let Ok((mut ahead, batch)) = reading.await
            && !batch.is_empty()
        {
            gauge!("projections_lag_events").set(approximate(lag));
            lag = lag.saturating_sub(batch.events.len() as Position);
            ahead.retain(|livechat| !self.parked.contains(livechat));
            reading = ahead.read();
            self.apply(batch.events).await;
            for (livechat, hole) in batch.holes {
                self.park(&livechat, &hole);
            }
        }
        gauge!("projections_lag_events").set(0.0);
    }

    /// Applies a batch. Tells whether all is well; if not, an event is missing before it and the log
    /// has to be read.
    async fn apply(&mut self, mut batch: Vec<Arc<Recorded>>) -> bool {
        batch.retain(|event| !self.parked.contains(&event.livechat));
        match self.write(&batch).await {
            Ok(()) => true,
            Err(Error::Hole { .. }) => false,
            Err(_) => {
                // One event spoils the batch: find out which, and give the others their due.
                for event in batch {
                    if !self.parked.contains(&event.livechat)
                        && let Err(error) = self.write(std::slice::from_ref(&event)).await
                    {
                        self.park(&event.livechat, &error);
                    }
                }
                true
            }
        }
    }

    /// Writes a batch, however often it takes; only errors that trying again cannot cure come back.
    async fn write(&mut self, batch: &[Arc<Recorded>]) -> Result<(), Error> {
        let mut backoff = Backoff::default();
        loop {
            match self.runner.apply(batch).await {
                Ok(changes) => {
                    counter!("projections_events_total").increment(batch.len() as u64);
                    for changes in changes {
                        // Nobody listening is no error.
                        let _ = self.changes.send(changes);
                    }
                    return Ok(());
                }
                Err(error) if error.is_permanent() => return Err(error),
                Err(error) => backoff.wait("the projections", &error).await,
            }
        }
    }

    fn park(&mut self, livechat: &LivechatId, error: &Error) {
        if self.parked.insert(livechat.clone()) {
            tracing::error!(%livechat, %error, "the projections of this livechat stop here until the next start");
        }
        gauge!("projections_parked").set(approximate(self.parked.len() as u64));
    }
}

/// The first live batch with all that is ready behind it, and whether nothing was missed meanwhile.
fn drain(
    first: &[Arc<Recorded>],
    live: &mut broadcast::Receiver<Arc<Vec<Arc<Recorded>>>>,
) -> (Vec<Arc<Recorded>>, bool) {
    let mut batch = first.to_vec();
    while batch.len() < LIVE_EVENTS_MAX {
        match live.try_recv() {
            Ok(more) => batch.extend(more.iter().cloned()),
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            Err(TryRecvError::Lagged(_)) => return (batch, false),
        }
    }
    (batch, true)
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a floating-point number")]
const fn approximate(count: u64) -> f64 {
    count as f64
}
