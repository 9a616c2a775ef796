//! Which batches, for ever: follows the log and keeps the rows up to date.
//!
//! Subscribe first, then catch up from the log, then apply what arrives. Whenever the live events are
//! not what comes next (this reader was too slow, or one is missing), the log itself is read again: it
//! is the truth, the live events are only the fast way to it.
//!
//! A livechat whose log has a hole, or an event that cannot be stored, is parked ([`parked`](crate::parked)):
//! it is reported once and left as it is until somebody wants it tried again or until the next start, and the
//! others go on. A database that does not answer is asked again for ever, and nothing is skipped. One that may
//! have crashed is compared with the log ([`vigil`]).
//!
//! When another place is to be read, [`watch`] brings it up to date beside; the follower moves to it between
//! two batches, and no reader sees a position go back.

use std::sync::Arc;

use journal::Record;
use metrics::gauge;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_util::sync::CancellationToken;

use crate::control::{Control, Offer};
use crate::error::Error;
use crate::follower::Follower;
use crate::log::Log;
use crate::runner::Runner;
use crate::watch::{self, Watch};
use crate::{analytics, operation, vigil};

/// Live events put into one transaction at most: what is ready, not what could be waited for.
const LIVE_EVENTS_MAX: usize = 5_000;

/// Follows the log until cancelled or until the log is closed.
///
/// Cancelled in the middle of a batch, the batch is rolled back and read again at the next start.
///
/// Metrics: `projections_events_total`, `projections_parked` (livechats), `projections_place` (1 for the colour
/// that is read), and, looked at every second,
/// `projections_lag_events` (committed and not projected) and `projections_lag_seconds` (the age of the
/// oldest of them; 0 when there is none).
pub async fn follow(log: impl Log + 'static, runner: Runner, cancel: CancellationToken) {
    gauge!("projections_parked").set(0.0);
    let database = runner.database().clone();
    let control = Control::default();
    let mut live = log.subscribe();
    let log = Arc::new(log);
    let mut follower = Follower::new(log.clone(), runner, &control);
    let watch = Watch { log: &log, database: &database, control: &control };
    let all = async {
        tokio::select! {
            () = run(&mut follower, &mut live) => {}
            () = watch::lag(&*log, &database, &control) => {}
            () = watch.over_the_pointer() => {}
            () = watch.over_the_parked() => {}
        }
    };
    cancel.run_until_cancelled(Box::pin(all)).await;
}

type Live = broadcast::Receiver<Arc<Vec<Arc<Record>>>>;

/// Follows the log in one place after the other, until the log is closed.
async fn run<L: Log + 'static>(follower: &mut Follower<'_, L>, live: &mut Live) {
    follower.show_place();
    follower.catch_up().await;
    follower.forget_unparked().await;
    loop {
        let database = follower.database().clone();
        let control = follower.control;
        let stay_and_move = async {
            let Some(offer) = stay(follower, live).await else { return false };
            let moved = move_to(follower, &offer).await;
            if moved.is_ok() {
                follower.set_parked(offer.parked);
                follower.show_place();
            }
            // Nobody waiting for the answer is no error.
            let _ = offer.answer.send(moved);
            true
        };
        let goes_on = tokio::select! {
            goes_on = stay_and_move => goes_on,
            () = vigil::keep(&database, control) => false,
        };
        if !goes_on {
            return;
        }
        follower.catch_up().await;
    }
}

/// Follows the log in the place that is read, until there is another to move to; nothing when the log is
/// closed.
async fn stay<L: Log + 'static>(follower: &mut Follower<'_, L>, live: &mut Live) -> Option<Offer> {
    loop {
        if let Some(offer) = follower.control.take_offer() {
            return Some(offer);
        }
        let received = tokio::select! {
            received = live.recv() => received,
            () = follower.control.woken() => {
                if !follower.control.is_offered() {
                    follower.unpark();
                    follower.catch_up().await;
                }
                continue;
            }
        };
        let complete = match received {
            Ok(first) => {
                let (batch, complete) = drain(&first, live);
                follower.apply(batch).await && complete
            }
            Err(RecvError::Lagged(_)) => false,
            Err(RecvError::Closed) => return None,
        };
        if !complete {
            follower.catch_up().await;
        }
    }
}

/// Moves to another place, once it has everything that could be read so far.
async fn move_to<L: Log + 'static>(follower: &Follower<'_, L>, offer: &Offer) -> Result<(), Error> {
    let (next, colour) = (&offer.next, offer.colour);
    let control = Control::default();
    let silent = Follower::silent(follower.log.clone(), Runner::new(next.clone()), &control);
    silent.catch_up().await;
    let database = follower.database();
    // A place that does not answer any more is what one may want to move away from.
    let read = follower.runner.checkpoints().await.unwrap_or_else(|_| database.progress.all());
    let reached = silent.runner.checkpoints().await?;
    operation::complete(colour, &reached, &read)?;
    database.adopt(next);
    analytics::install_or_tell(database).await;
    tracing::info!(%colour, "the projections are read from another place now");
    for (livechat, position) in reached {
        database.progress.moved(&livechat, position);
    }
    Ok(())
}

/// The first live batch with all that is ready behind it, and whether nothing was missed meanwhile.
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
