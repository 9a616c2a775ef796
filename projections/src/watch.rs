//! Looks every second at what the follower cannot see while it is busy or stuck: how far it is behind, which
//! place is to be read, and who is to be tried again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::{Instant, LivechatId};
use journal::{Position, Record};
use metrics::gauge;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior};

use crate::colour::{Colour, Spot};
use crate::control::Control;
use crate::database::Database;
use crate::error::Error;
use crate::follower::Follower;
use crate::format;
use crate::log::Log;
use crate::progress::Progress;
use crate::runner::{Runner, checkpoint};
use crate::{operation, parked};

/// How often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a place that could not be moved to is left alone.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// Looks after which the log is asked for its heads: others may write to it.
const LOOKS_PER_READING: u32 = 30;
/// Livechats whose oldest event is looked up in the log at one look. Those that follow are at the next.
const LOOKUPS_MAX: usize = 256;
/// Events that another process has appended (an import) after which nothing is told of a livechat until they are there.
const MANY_EVENTS: Position = 10_000;

fn now_and_then() -> Interval {
    let mut interval = tokio::time::interval(LOOK_EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Whoever looks after the place that is read.
pub(crate) struct Watch<'a, L> {
    pub(crate) log: &'a Arc<L>,
    pub(crate) database: &'a Database,
    pub(crate) control: &'a Control,
}

impl<L: Log + 'static> Watch<'_, L> {
    /// Has the follower move to the place that is to be read, for ever.
    pub(crate) async fn over_the_pointer(&self) {
        let mut again = now_and_then();
        let mut told = None;
        loop {
            again.tick().await;
            // A database that does not answer is reported by those who need it.
            let Ok(pointed) = self.database.pointer.read().await else { continue };
            if Spot::Colour(pointed.colour) == self.database.spot() {
                told = None;
                continue;
            }
            if let Err(error) = self.move_to(pointed.colour).await {
                let why = error.to_string();
                if told.as_ref() != Some(&why) {
                    tracing::warn!(colour = %pointed.colour, error = why, "another place is to be read; staying here");
                    told = Some(why);
                }
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    }

    async fn move_to(&self, colour: Colour) -> Result<(), Error> {
        let next = operation::open_fitting(&self.database.url(), colour).await?;
        // Nobody empties it from here on; after the move the vigil sees to that.
        let held = next.connection().await?;
        let control = Control::default();
        let silent = Follower::silent(self.log.clone(), Runner::new(next.clone()), &control);
        silent.catch_up().await;
        silent.forget_unparked().await;
        let moved = self.control.offer(colour, next.clone(), control.parked()).await;
        if moved.is_err() {
            next.close().await;
        }
        drop(held);
        moved
    }

    /// Has those tried again whose note was taken away, for ever.
    pub(crate) async fn over_the_parked(&self) {
        let mut again = now_and_then();
        loop {
            again.tick().await;
            // In this order: a note is written before the livechat is parked.
            let noted: Vec<LivechatId> =
                self.control.parked().into_iter().filter_map(|(id, noted)| noted.then_some(id)).collect();
            let spot = self.database.spot();
            if noted.is_empty() {
                continue;
            }
            let Ok(mut transaction) = self.database.read().await else { continue };
            let Ok(rows) = parked::all(&mut transaction).await else { continue };
            if self.database.spot() == spot {
                let is_gone = |livechat: &LivechatId| !rows.iter().any(|row| row.livechat == *livechat);
                self.control.retry(noted.into_iter().filter(is_gone).collect());
            }
        }
    }
}

/// Measures how far the rows are behind the log, for ever.
pub(crate) async fn lag(log: &impl Log, database: &Database, control: &Control) {
    let mut live = log.subscribe();
    let mut again = now_and_then();
    let mut lag = Lag::default();
    let mut looks = 0;
    loop {
        tokio::select! {
            batch = live.recv() => match batch {
                Ok(batch) => batch.iter().for_each(|event| lag.committed(event)),
                Err(RecvError::Lagged(_)) => looks = 0,
                // The follower sees it too, and ends once it has everything.
                Err(RecvError::Closed) => std::future::pending().await,
            },
            _ = again.tick() => {
                if looks == 0 && !lag.read(log, database, control).await {
                    continue;
                }
                looks = (looks + 1) % LOOKS_PER_READING;
                lag.look(log, &database.progress).await;
            }
        }
    }
}

#[derive(Default)]
struct Lag(HashMap<LivechatId, Standing>);

/// Where a livechat stands.
#[derive(Default)]
struct Standing {
    head: Position,
    /// How far it is projected, as far as is known.
    reached: Position,
    /// An event that was not projected when it was looked at, and its time.
    oldest: Option<(Position, Instant)>,
}

impl Lag {
    fn committed(&mut self, event: &Record) {
        let standing = self.0.entry(event.livechat.clone()).or_default();
        standing.head = standing.head.max(event.position);
        if standing.oldest.is_none_or(|(position, _)| position <= standing.reached) {
            standing.oldest = Some((event.position, event.event.at));
        }
    }

    /// Asks log and database. Tells whether they answered.
    async fn read(&mut self, log: &impl Log, database: &Database, control: &Control) -> bool {
        let Ok(heads) = log.heads().await else { return false };
        let mut appended = vec![];
        for (livechat, head) in heads {
            let standing = self.0.entry(livechat.clone()).or_default();
            if head > standing.head {
                appended.push((livechat, head));
            }
            standing.head = standing.head.max(head);
        }
        // Another process may have projected what it wrote.
        let Ok(mut transaction) = database.read().await else { return true };
        if let Ok(checkpoints) = checkpoint::all(&mut transaction).await {
            for (livechat, checkpoint) in checkpoints {
                self.0.entry(livechat).or_default().reached = checkpoint;
            }
        }
        // By another process, which tells nobody here.
        appended.retain(|(livechat, head)| self.0.get(livechat).is_none_or(|it| it.reached < *head));
        if !appended.is_empty() {
            let reached = self.0.iter().map(|(livechat, it)| (livechat.clone(), it.reached)).collect();
            appended.retain(|(livechat, head)| {
                self.0.get(livechat).is_none_or(|it| head - it.reached >= MANY_EVENTS)
            });
            database.progress.expect(appended, &reached);
            control.wake();
        }
        true
    }

    async fn look(&mut self, log: &impl Log, progress: &Progress) {
        progress.each(|livechat, position| {
            if let Some(standing) = self.0.get_mut(livechat) {
                standing.reached = position;
            }
        });
        let (mut events, mut behind) = (0, vec![]);
        for (livechat, standing) in &mut self.0 {
            if standing.head <= standing.reached {
                standing.oldest = None;
                continue;
            }
            events += standing.head - standing.reached;
            behind.push((livechat, standing));
        }
        // Those first of whom nothing is known; of the others, something older than it is now.
        behind.sort_by_key(|(_, standing)| standing.oldest.is_some());
        let mut oldest = None;
        for (index, (livechat, standing)) in behind.into_iter().enumerate() {
            let is_known = standing.oldest.is_some_and(|(position, _)| position == standing.reached + 1);
            if !is_known
                && index < LOOKUPS_MAX
                && let Ok(found) = log.read(livechat, standing.reached, 1).await
            {
                standing.oldest = found.first().map(|event| (event.position, event.event.at));
            }
            if let Some((_, at)) = standing.oldest {
                oldest = Some(oldest.map_or(at, |oldest: Instant| oldest.min(at)));
            }
        }
        let seconds = oldest.and_then(|at| (log.now() - at).to_std().ok()).unwrap_or_default();
        gauge!("projections_lag_events").set(format::approximate(events));
        gauge!("projections_lag_seconds").set(seconds.as_secs_f64());
    }
}
