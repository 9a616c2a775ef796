//! A catch-up subscription to the log that keeps the rows up to date.
//!
//! | file | what |
//! |---|---|
//! | [`catch_up`] | brings the rows of one slot up to the end of the log |
//! | [`read_ahead`] | reads and decodes the next batch while one is being stored |
//! | [`parked`] | livechats whose rows stop before an event that cannot be stored |
//! | [`slot_switch`] | moves to the other slot when that one becomes active |
//! | [`crash_detection`] | notices that PostgreSQL may have lost its last commits |
//! | [`lag`] | measures how far the rows are behind the log |
//! | [`coordination`] | carries the signals between these |
//!
//! Subscribe first, then catch up from the log, then apply what arrives. Whenever the live events are
//! not the next ones (this reader was too slow, or one is missing), the log itself is read again: it
//! is the truth, the live events are only the fast way to it.
//!
//! A livechat whose log has a hole, or an event that cannot be stored, is parked ([`parked`]): it is reported once and
//! left as it is until a retry is requested or until the next start, and the others go on. A database that does not
//! answer is retried forever, and nothing is skipped. After a possible crash of the database its rows are compared with
//! the log ([`crash_detection`]).
//!
//! When the other slot becomes active, [`slot_switch`] first brings it up to date; the subscription moves to it
//! between two batches, and no reader sees a position go back.

mod backoff;
mod catch_up;
mod coordination;
mod crash_detection;
mod lag;
mod parked;
mod read_ahead;
mod slot_switch;

use std::sync::Arc;

use journal::Record;
use metrics::gauge;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_util::sync::CancellationToken;

use crate::event_source::EventSource;
use crate::runner::Runner;
use coordination::SwitchRequest;
use slot_switch::SlotSwitch;

pub(crate) use catch_up::Subscriber;
pub(crate) use coordination::Coordination;
pub use parked::Parked;
pub(crate) use parked::{all_parked, release_parked};
pub(crate) use read_ahead::BATCH_EVENTS;

/// The most live events in one transaction: those that are ready; it does not wait for more.
const LIVE_EVENTS_MAX: usize = 5_000;

/// Follows the log until cancelled or until the log is closed.
///
/// When it is cancelled in the middle of a batch, the batch is rolled back and read again at the next start.
///
/// Metrics: `projections_events_total`, `projections_parked` (livechats), `projections_active_slot` (1 for the slot
/// that is active), and, updated every second, `projections_lag_events` (committed and not projected) and
/// `projections_lag_seconds` (the age of the oldest of them; 0 when there is none).
pub async fn follow(log: impl EventSource + 'static, runner: Runner, cancel: CancellationToken) {
    gauge!("projections_parked").set(0.0);
    let database = runner.database().clone();
    let coordination = Coordination::default();
    let mut live = log.subscribe();
    let log = Arc::new(log);
    let mut subscriber = Subscriber::new(log.clone(), runner, &coordination);
    let slot_switch = SlotSwitch { log: &log, database: &database, coordination: &coordination };
    let all = async {
        tokio::select! {
            () = run(&mut subscriber, &mut live) => {}
            () = lag::measure(&*log, &database, &coordination) => {}
            () = slot_switch.follow_active_slot() => {}
            () = parked::retry_released(&database, &coordination) => {}
        }
    };
    cancel.run_until_cancelled(Box::pin(all)).await;
}

type Live = broadcast::Receiver<Arc<Vec<Arc<Record>>>>;

/// Follows the log in one slot after the other, until the log is closed.
async fn run<L: EventSource + 'static>(subscriber: &mut Subscriber<'_, L>, live: &mut Live) {
    subscriber.report_active_slot();
    subscriber.catch_up().await;
    subscriber.delete_stale_parked().await;
    loop {
        let database = subscriber.database().clone();
        let coordination = subscriber.coordination;
        let follow_then_switch = async {
            let Some(request) = follow_live(subscriber, live).await else { return false };
            let switched = slot_switch::switch(subscriber, &request).await;
            if switched.is_ok() {
                subscriber.set_parked(request.parked);
                subscriber.report_active_slot();
            }
            // Nobody waiting for the answer is no error.
            let _ = request.answer.send(switched);
            true
        };
        let goes_on = tokio::select! {
            goes_on = follow_then_switch => goes_on,
            () = crash_detection::watch(&database, coordination) => false,
        };
        if !goes_on {
            return;
        }
        subscriber.catch_up().await;
    }
}

/// Follows the log in the active slot until a switch is requested; nothing when the log is closed.
async fn follow_live<L: EventSource + 'static>(
    subscriber: &mut Subscriber<'_, L>,
    live: &mut Live,
) -> Option<SwitchRequest> {
    loop {
        if let Some(request) = subscriber.coordination.take_switch_request() {
            return Some(request);
        }
        let received = tokio::select! {
            received = live.recv() => received,
            () = subscriber.coordination.woken() => {
                if !subscriber.coordination.is_switch_requested() {
                    subscriber.unpark();
                    subscriber.catch_up().await;
                }
                continue;
            }
        };
        let complete = match received {
            Ok(first) => {
                let (batch, complete) = drain(&first, live);
                subscriber.apply(batch).await && complete
            }
            Err(RecvError::Lagged(_)) => false,
            Err(RecvError::Closed) => return None,
        };
        if !complete {
            subscriber.catch_up().await;
        }
    }
}

/// The first live batch with everything that is ready behind it, and whether nothing was missed meanwhile.
fn drain(first: &[Arc<Record>], live: &mut Live) -> (Vec<Arc<Record>>, bool) {
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
