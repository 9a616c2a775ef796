//! The timekeeper: wakes each livechat at its first deadline.
//!
//! Deadlines are part of the state of a livechat, so nothing is lost by forgetting them here: they are
//! told again when the livechat is loaded.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::TimeDelta;
use domain::{Instant, LivechatId};
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::journal::WeakJournal;

/// The first deadline of a livechat, or that it has none.
pub(crate) type Told = (LivechatId, Option<Instant>);

/// Wakes a livechat again after a failure: late enough not to hammer on a database that is down.
pub(crate) struct Again {
    pub(crate) deadlines: mpsc::UnboundedSender<Told>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Again {
    pub(crate) fn wake(&self, livechat: &LivechatId) {
        const PAUSE: TimeDelta = TimeDelta::seconds(1);
        // Without a timekeeper the journal is gone, and nothing has to wake.
        let _ = self.deadlines.send((livechat.clone(), Some(self.clock.now() + PAUSE)));
    }
}

/// Wakes livechats until the journal is gone.
pub(crate) async fn run(
    mut told: mpsc::UnboundedReceiver<Told>,
    clock: Arc<dyn Clock>,
    journal: WeakJournal,
) {
    let mut first: BTreeSet<(Instant, LivechatId)> = BTreeSet::new();
    let mut deadlines: HashMap<LivechatId, Instant> = HashMap::new();
    loop {
        let wake = async {
            match first.first() {
                Some((deadline, _)) => clock.sleep_until(*deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            news = told.recv() => {
                let Some((livechat, deadline)) = news else { return };
                if let Some(before) = deadlines.remove(&livechat) {
                    first.remove(&(before, livechat.clone()));
                }
                if let Some(deadline) = deadline {
                    deadlines.insert(livechat.clone(), deadline);
                    first.insert((deadline, livechat));
                }
            }
            () = wake => {
                let Some((_, livechat)) = first.pop_first() else { continue };
                deadlines.remove(&livechat);
                let Some(journal) = journal.upgrade() else { return };
                // The tick tells the next deadline. One that fails tells it again after a while.
                tokio::spawn(async move { journal.tick(&livechat).await });
            }
        }
    }
}
