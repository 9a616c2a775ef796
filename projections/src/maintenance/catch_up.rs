//! Brings the rows of an inactive slot up to date.

use std::sync::Arc;
use std::time::Duration;

use journal::Position;

use crate::database::Database;
use crate::error::Error;
use crate::event_source::EventSource;
use crate::runner::Runner;
use crate::subscription::{BATCH_EVENTS, Coordination, Subscriber};

/// Called now and then with how many events are done, and of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// How often progress is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// Brings an inactive slot up to the heads of the log, while others go on writing.
pub(super) async fn catch_up(
    database: &Database,
    log: &Arc<impl EventSource + 'static>,
    progress: Progress<'_>,
) -> Result<(), Error> {
    let coordination = Coordination::default();
    let subscriber = Subscriber::background(log.clone(), Runner::new(database.clone()), &coordination);
    let all: Position = log.heads().await.map_err(Error::Log)?.iter().map(|(_, head)| head).sum();
    let done = || {
        let mut done = 0;
        database.progress.for_each(|_, position| done += position);
        done
    };
    let up_to_the_heads = async {
        // Less is written meanwhile each time; the server projects the rest after the swap.
        while subscriber.catch_up().await > BATCH_EVENTS as Position {}
        subscriber.delete_stale_parked().await;
    };
    tokio::pin!(up_to_the_heads);
    let mut ticks = tokio::time::interval(PROGRESS_INTERVAL);
    loop {
        tokio::select! {
            () = &mut up_to_the_heads => break,
            _ = ticks.tick() => {
                let done = done();
                progress(done, all.max(done));
            }
        }
    }
    Ok(())
}
