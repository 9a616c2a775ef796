//! Does everything that was derived from a log agree with it? Every event is folded again, from the first one, and
//! compared: with the invariants ([`crate::invariants`]), the snapshot, every state snapshot, and the floor of the
//! projections.
//!
//! Whether the log itself is what was written is another question, which `journal::archive::verify` answers; and every
//! row of every table is compared by `projections::maintenance::verify`, which has to compute them all.
//!
//! [`finding`] defines the report, [`compare`] compares, [`livechat`] verifies one log.
//!
//! Invariant: nothing is written, and no server is disturbed. What is compared is read before the end of the log is,
//! so that a log may grow meanwhile.

mod compare;
pub mod finding;
mod livechat;
mod verified;

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::LivechatId;
use journal::Store;
use journal::archive::{self, Logs};
use projections::Queries;

use crate::error::Error;

pub use finding::{EXAMPLES_MAX, Finding, Findings, Group, Subject};
pub use verified::Verified;

/// Called now and then with how many events are done, and of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Verifies every livechat of a log, or one; with the floors of the projections, where these are given.
///
/// Memory holds one state, a few pages of records with their state snapshots, and some hundred bytes for each
/// conversation in the log of the livechat under way.
///
/// # Errors
/// When the databases cannot be read, or the livechat has no log. What is wrong is no error, but a finding.
pub async fn verify(
    store: &Arc<dyn Store>,
    views: Option<&Queries>,
    only: Option<&LivechatId>,
    progress: Progress<'_>,
) -> Result<Verified, Error> {
    let begun = Instant::now();
    let Logs { livechats, records: all } = archive::logs(store.read(), only).await?;
    if let Some(only) = only.filter(|_| livechats.is_empty()) {
        return Err(Error::NoLog(only.clone()));
    }
    let mut verified = Verified {
        livechats: 0,
        events: 0,
        snapshots: 0,
        state_snapshots: 0,
        floors: 0,
        other_version: 0,
        found: Findings::default(),
        elapsed: Duration::ZERO,
    };
    progress(0, all);
    for livechat in livechats {
        let before = verified.events;
        let progress = |events: u64| progress((before + events).min(all), all);
        livechat::verify(store, views, &livechat, &mut verified, progress).await?;
        verified.livechats += 1;
    }
    progress(all, all);
    verified.elapsed = begun.elapsed();
    Ok(verified)
}
