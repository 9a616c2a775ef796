//! Measures how far the rows are behind the log, which the subscriber cannot do while it is busy or stuck.

use std::collections::HashMap;
use std::time::Duration;

use domain::{LivechatId, Timestamp};
use journal::{Position, Record};
use metrics::gauge;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior};

use super::coordination::Coordination;
use crate::database::Database;
use crate::encoding;
use crate::event_source::EventSource;
use crate::progress::Progress;
use crate::runner::checkpoint;

const INTERVAL: Duration = Duration::from_secs(1);
/// Reports after which the log is asked for its heads: others may write to it.
const REPORTS_PER_REFRESH: u32 = 30;
/// Livechats whose oldest event is looked up in the log at one report. The others follow at the next.
const LOOKUPS_MAX: usize = 256;
/// Events that another process has appended (an import) after which nothing is read of a livechat until its rows
/// have caught up.
const MANY_EVENTS: Position = 10_000;

/// Ticks once a second, and later where it is held up.
pub(super) fn every_second() -> Interval {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Measures the lag and reports it as metrics, forever.
pub(super) async fn measure(log: &impl EventSource, database: &Database, coordination: &Coordination) {
    let mut live = log.subscribe();
    let mut ticks = every_second();
    let mut lag = Lag::default();
    let mut reports = 0;
    loop {
        tokio::select! {
            batch = live.recv() => match batch {
                Ok(batch) => batch.iter().for_each(|event| lag.committed(event)),
                Err(RecvError::Lagged(_)) => reports = 0,
                // The subscriber sees it too, and ends once it has applied everything.
                Err(RecvError::Closed) => std::future::pending().await,
            },
            _ = ticks.tick() => {
                if reports == 0 && !lag.refresh(log, database, coordination).await {
                    continue;
                }
                reports = (reports + 1) % REPORTS_PER_REFRESH;
                lag.report(log, &database.progress).await;
            }
        }
    }
}

#[derive(Default)]
struct Lag(HashMap<LivechatId, LivechatLag>);

/// How far one livechat is behind its log.
#[derive(Default)]
struct LivechatLag {
    head: Position,
    /// How far it is projected, as far as is known.
    reached: Position,
    /// An event that was not projected at the last report, and its time.
    oldest: Option<(Position, Timestamp)>,
}

impl Lag {
    fn committed(&mut self, event: &Record) {
        let lag = self.0.entry(event.livechat.clone()).or_default();
        lag.head = lag.head.max(event.position);
        if lag.oldest.is_none_or(|(position, _)| position <= lag.reached) {
            lag.oldest = Some((event.position, event.event.at));
        }
    }

    /// Queries log and database. Returns whether the log answered.
    async fn refresh(
        &mut self,
        log: &impl EventSource,
        database: &Database,
        coordination: &Coordination,
    ) -> bool {
        let Ok(heads) = log.heads().await else { return false };
        let mut appended = vec![];
        for (livechat, head) in heads {
            let lag = self.0.entry(livechat.clone()).or_default();
            if head > lag.head {
                appended.push((livechat, head));
            }
            lag.head = lag.head.max(head);
        }
        // Another process may have projected what it wrote.
        let Ok(mut transaction) = database.read().await else { return true };
        if let Ok(checkpoints) = checkpoint::all(&mut transaction).await {
            for (livechat, checkpoint) in checkpoints {
                self.0.entry(livechat).or_default().reached = checkpoint;
            }
        }
        // Appended by another process, which notifies nobody here.
        appended.retain(|(livechat, head)| self.0.get(livechat).is_none_or(|it| it.reached < *head));
        if !appended.is_empty() {
            let reached = self.0.iter().map(|(livechat, it)| (livechat.clone(), it.reached)).collect();
            appended.retain(|(livechat, head)| {
                self.0.get(livechat).is_none_or(|it| head - it.reached >= MANY_EVENTS)
            });
            database.progress.expect(appended, &reached);
            coordination.wake();
        }
        true
    }

    async fn report(&mut self, log: &impl EventSource, progress: &Progress) {
        progress.for_each(|livechat, position| {
            if let Some(lag) = self.0.get_mut(livechat) {
                lag.reached = position;
            }
        });
        let (mut events, mut behind) = (0, vec![]);
        for (livechat, lag) in &mut self.0 {
            if lag.head <= lag.reached {
                lag.oldest = None;
                continue;
            }
            events += lag.head - lag.reached;
            behind.push((livechat, lag));
        }
        // First those of which no time is known; of the others a time is known that may be too old.
        behind.sort_by_key(|(_, lag)| lag.oldest.is_some());
        let mut oldest = None;
        for (index, (livechat, lag)) in behind.into_iter().enumerate() {
            let is_known = lag.oldest.is_some_and(|(position, _)| position == lag.reached + 1);
            if !is_known
                && index < LOOKUPS_MAX
                && let Ok(found) = log.read(livechat, lag.reached, 1).await
            {
                lag.oldest = found.first().map(|event| (event.position, event.event.at));
            }
            if let Some((_, at)) = lag.oldest {
                oldest = Some(oldest.map_or(at, |oldest: Timestamp| oldest.min(at)));
            }
        }
        let seconds = oldest.and_then(|at| (log.now() - at).to_std().ok()).unwrap_or_default();
        gauge!("projections_lag_events").set(encoding::approximate(events));
        gauge!("projections_lag_seconds").set(seconds.as_secs_f64());
    }
}
