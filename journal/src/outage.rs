//! Outages: when the server was down, so that the time is held against nobody (spec.md §Time).
//!
//! While it is up, it records a heartbeat every ten seconds and when it closes. The next server takes the time from the
//! last heartbeat to its own start as the outage, and every livechat records that before anything else happens in it.

use std::sync::PoisonError;

use chrono::TimeDelta;
use domain::LivechatId;
use domain::livechat::Outage;

use crate::error::Error;
use crate::journal::{Journal, WeakJournal};

/// How often the server records that it is up: the length of an outage is known to within as much.
pub const HEARTBEAT: TimeDelta = TimeDelta::seconds(10);

impl Journal {
    /// Determines the time during which no server was up, and records heartbeats from now on. To be called once,
    /// by the server that starts, before the first command; others who open the log are no server.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn note_outage(&self) -> Result<(), Error> {
        let until = self.clock().now();
        let since = self.store().read().last_heartbeat().await?;
        if self.0.outage.set(Outage { since, until }).is_ok() {
            let timekeeper = self.0.timekeeper.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(timekeeper) = timekeeper {
                self.runtime().spawn(timekeeper);
            }
            self.store().record_heartbeat(until).await?;
            self.runtime().spawn(Box::pin(run(self.downgrade())));
        }
        Ok(())
    }

    /// The outage that a livechat has still to record: none once it has resumed. That cannot be told from the time
    /// of its events, since the clock of the server may have been set back after the start.
    pub(crate) fn pending_outage(&self, livechat: &LivechatId) -> Option<Outage> {
        let outage = *self.0.outage.get()?;
        let resumed = self.0.resumed.lock().unwrap_or_else(PoisonError::into_inner);
        (!resumed.contains(livechat)).then_some(outage)
    }

    /// Whatever a livechat had to record of the outage is durable.
    pub(crate) fn mark_resumed(&self, livechat: &LivechatId) {
        if self.0.outage.get().is_none() {
            return;
        }
        let mut resumed = self.0.resumed.lock().unwrap_or_else(PoisonError::into_inner);
        if !resumed.contains(livechat) {
            resumed.insert(livechat.clone());
        }
    }

    /// The server stops: a last heartbeat makes the start of the outage exact.
    pub(crate) async fn last_heartbeat(&self) {
        if self.0.outage.get().is_some()
            && let Err(error) = self.store().record_heartbeat(self.clock().now()).await
        {
            tracing::warn!(%error, "it cannot be noted until when the server was up");
        }
    }
}

async fn run(journal: WeakJournal) {
    loop {
        let Some(clock) = journal.upgrade().map(|journal| journal.clock().clone()) else { return };
        clock.sleep_until(clock.now() + HEARTBEAT).await;
        let Some(journal) = journal.upgrade().filter(Journal::is_open) else { return };
        if let Err(error) = journal.store().record_heartbeat(clock.now()).await {
            tracing::debug!(%error, "it cannot be noted that the server is up");
        }
    }
}
