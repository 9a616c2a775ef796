//! Outages: when the server was down, so that the time is held against nobody (spec.md §Time).
//!
//! While it is up, it records a heartbeat every ten seconds and when it closes. The next server takes the time from the
//! last heartbeat to its own start as the outage, and every livechat records that before anything else happens in it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use chrono::TimeDelta;
use domain::livechat::Outage;
use domain::{LivechatId, Timestamp};

use crate::clock::Clock;
use crate::command::append_queue::AppendQueue;
use crate::error::Error;
use crate::log::store::Store;

/// How often the server records that it is up: the length of an outage is known to within as much.
pub const HEARTBEAT: TimeDelta = TimeDelta::seconds(10);

/// When the server was down last, once that is known, and who has recorded it.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    outage: OnceLock<Outage>,
    /// The livechats that have recorded that outage, or had nothing to record.
    resumed: Mutex<HashSet<LivechatId>>,
}

impl Outages {
    /// Determines the time during which no server was up. Returns when this one has started; nothing when that was
    /// determined before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn determine(
        &self,
        store: &dyn Store,
        clock: &dyn Clock,
    ) -> Result<Option<Timestamp>, Error> {
        let until = clock.now();
        let since = store.read().last_heartbeat().await?;
        Ok(self.outage.set(Outage { since, until }).is_ok().then_some(until))
    }

    /// The outage that a livechat has still to record: none once it has resumed. That cannot be seen from the time
    /// of its events, since the clock of the server may have been set back after the start.
    pub(crate) fn pending(&self, livechat: &LivechatId) -> Option<Outage> {
        let outage = *self.outage.get()?;
        let resumed = self.resumed.lock().unwrap_or_else(PoisonError::into_inner);
        (!resumed.contains(livechat)).then_some(outage)
    }

    /// Whatever a livechat had to record of the outage is durable.
    pub(crate) fn mark_resumed(&self, livechat: &LivechatId) {
        if self.outage.get().is_none() {
            return;
        }
        let mut resumed = self.resumed.lock().unwrap_or_else(PoisonError::into_inner);
        if !resumed.contains(livechat) {
            resumed.insert(livechat.clone());
        }
    }

    /// The server stops: a last heartbeat makes the start of the outage exact.
    pub(crate) async fn last_heartbeat(&self, store: &dyn Store, clock: &dyn Clock) {
        if self.outage.get().is_some()
            && let Err(error) = store.record_heartbeat(clock.now()).await
        {
            tracing::warn!(%error, "cannot record until when the server was up");
        }
    }
}

/// Records heartbeats until commands are written no more. Whoever sleeps here keeps no journal alive.
pub(crate) async fn heartbeats(store: Weak<dyn Store>, clock: Arc<dyn Clock>, queue: Weak<AppendQueue>) {
    loop {
        clock.sleep_until(clock.now() + HEARTBEAT).await;
        let Some(store) = store.upgrade().filter(|_| queue.upgrade().is_some_and(|queue| queue.is_open()))
        else {
            return;
        };
        if let Err(error) = store.record_heartbeat(clock.now()).await {
            tracing::debug!(%error, "cannot record that the server is up");
        }
    }
}
