//! Is everything that was derived from a log what the log says? Every event is folded again, from the first one, and
//! compared: with the invariants ([`crate::invariants`]), the snapshot, every state snapshot, and the floor of the
//! projections.
//!
//! Whether the log itself is what was written is another question, which `journal::archive::verify` answers; and
//! every row of every table is compared by `projections::maintenance::verify`, at the price of computing them all.
//!
//! [`finding`] is what is reported, [`compare`] what is compared, [`livechat`] verifies one log.
//!
//! Invariant: nothing is written, and no server is disturbed. What is compared is read before the end of the log is,
//! so that a log that grows meanwhile is as right as one that stands still.

mod compare;
pub mod finding;
mod livechat;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::LivechatId;
use journal::Store;
use projections::Queries;
use serde::Serialize;

use crate::error::Error;

pub use finding::{EXAMPLES_MAX, Finding, Findings, Group, Subject};

/// Called now and then with how many events are done, and of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// What a verification found.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Livechats looked at.
    pub livechats: u64,
    /// Events folded and checked.
    pub events: u64,
    /// Snapshots that are what the log says.
    pub snapshots: u64,
    /// State snapshots that are what the log says.
    pub state_snapshots: u64,
    /// Floors of the projections that are what the log says.
    pub floors: u64,
    /// Snapshots of both kinds that other versions of the code created, which nobody reads.
    pub other_version: u64,
    /// What is wrong. A log is followed to its end whatever does not hold in it, unless it cannot be read any further.
    #[serde(flatten)]
    pub found: Findings,
    /// How long it took.
    #[serde(skip)]
    pub elapsed: Duration,
}

impl Verified {
    /// Is nothing wrong?
    pub fn is_right(&self) -> bool {
        self.found.count() == 0
    }

    /// Events checked per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn events_per_second(&self) -> f64 {
        self.events as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }
}

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
    let log = store.read();
    let heads = log.heads().await?;
    // A log may have lost its head.
    let mut livechats: BTreeSet<LivechatId> = log.logs().await?.into_iter().collect();
    livechats.extend(heads.iter().map(|head| head.livechat.clone()));
    if let Some(only) = only {
        livechats.retain(|livechat| livechat == only);
        if livechats.is_empty() {
            return Err(Error::NoLog(only.clone()));
        }
    }
    let all = heads.iter().filter(|head| livechats.contains(&head.livechat)).map(|head| head.position).sum();
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
