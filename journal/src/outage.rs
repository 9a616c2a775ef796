//! Outages: when the server was down, so that the time is held against nobody (spec.md §Time).
//!
//! While it is up, it notes so every ten seconds and when it is closed. The next one takes the time from the last
//! note to its own start for the outage, and every livechat notes that before anything else is done in it.

use std::sync::PoisonError;

use chrono::TimeDelta;
use domain::LivechatId;
use domain::livechat::Outage;

use crate::error::Error;
use crate::journal::{Journal, WeakJournal};

/// How often it is noted that the server is up: what it was down is known to within as much.
pub const BEAT: TimeDelta = TimeDelta::seconds(10);

impl Journal {
    /// Takes note of the time during which no server was up, and from now on notes that one is. To be called once,
    /// by the server that starts, before the first command; others who open the log are no server.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn note_outage(&self) -> Result<(), Error> {
        let until = self.clock().now();
        let since = self.store().read().last_beat().await?;
        if self.0.outage.set(Outage { since, until }).is_ok() {
            let timekeeper = self.0.timekeeper.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(timekeeper) = timekeeper {
                self.host().spawn(timekeeper);
            }
            self.store().beat(until).await?;
            self.host().spawn(Box::pin(run(self.downgrade())));
        }
        Ok(())
    }

    /// The outage that a livechat has still to note: none once it has gone on since. That cannot be told from the time
    /// of its events, since the clock of the server may have been set back after the start.
    pub(crate) fn outage_of(&self, livechat: &LivechatId) -> Option<Outage> {
        let outage = *self.0.outage.get()?;
        let gone_on = self.0.gone_on.lock().unwrap_or_else(PoisonError::into_inner);
        (!gone_on.contains(livechat)).then_some(outage)
    }

    /// Whatever a livechat had to note of the outage is durable.
    pub(crate) fn goes_on(&self, livechat: &LivechatId) {
        if self.0.outage.get().is_none() {
            return;
        }
        let mut gone_on = self.0.gone_on.lock().unwrap_or_else(PoisonError::into_inner);
        if !gone_on.contains(livechat) {
            gone_on.insert(livechat.clone());
        }
    }

    /// The server stops: that it was up until now is noted, so that the time after is known exactly.
    pub(crate) async fn last_beat(&self) {
        if self.0.outage.get().is_some()
            && let Err(error) = self.store().beat(self.clock().now()).await
        {
            tracing::warn!(%error, "it cannot be noted until when the server was up");
        }
    }
}

async fn run(journal: WeakJournal) {
    loop {
        let Some(clock) = journal.upgrade().map(|journal| journal.clock().clone()) else { return };
        clock.sleep_until(clock.now() + BEAT).await;
        let Some(journal) = journal.upgrade().filter(Journal::is_open) else { return };
        if let Err(error) = journal.store().beat(clock.now()).await {
            tracing::debug!(%error, "it cannot be noted that the server is up");
        }
    }
}
