//! The timekeeper: wakes each livechat at its first deadline, whether it is in memory or not.
//!
//! Deadlines are part of the state of a livechat, and the first one is kept with its head, so nothing is
//! lost by forgetting them here. Those in memory tell theirs; for the others the log is asked once a
//! minute which have to be woken in the next two. Waking too often is harmless: a tick that finds nothing due
//! records nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::TimeDelta;
use domain::limits::CLOCK_HELD_SECS;
use domain::{Action, Actor, LivechatId, Timestamp};
use tokio::sync::mpsc;

use crate::clock::{Clock, was_set_back};
use crate::error::Error;
use crate::journal::{Journal, WeakJournal};
use crate::store::StoreError;
use crate::timekeeper_messages::{Message, PAUSE, RetryLater, SCAN_INTERVAL};

/// The livechats to be woken, and when.
#[derive(Default)]
struct Alarms {
    first: BTreeSet<(Timestamp, LivechatId)>,
    deadlines: HashMap<LivechatId, Timestamp>,
}

impl Alarms {
    fn set(&mut self, livechat: LivechatId, deadline: Option<Timestamp>) {
        if let Some(before) = self.deadlines.remove(&livechat) {
            self.first.remove(&(before, livechat.clone()));
        }
        if let Some(deadline) = deadline {
            self.deadlines.insert(livechat.clone(), deadline);
            self.first.insert((deadline, livechat));
        }
    }

    /// Wakes every livechat at `now`: each then reports its next deadline again.
    fn set_all(&mut self, now: Timestamp) {
        let all: Vec<LivechatId> = self.deadlines.keys().cloned().collect();
        for livechat in all {
            self.set(livechat, Some(now));
        }
    }

    fn knows(&self, livechat: &LivechatId) -> bool {
        self.deadlines.contains_key(livechat)
    }

    fn pop(&mut self) -> Option<LivechatId> {
        let (_, livechat) = self.first.pop_first()?;
        self.deadlines.remove(&livechat);
        Some(livechat)
    }
}

/// Wakes livechats until the journal is gone.
pub(crate) async fn run(
    mut messages: mpsc::UnboundedReceiver<Message>,
    clock: Arc<dyn Clock>,
    journal: WeakJournal,
) {
    let mut alarms = Alarms::default();
    let mut seen = clock.now();
    let mut next_scan = Some(seen);
    // At first, and whenever the clock was set back, the log may know of times that have not come yet.
    let mut ahead = true;
    loop {
        let now = clock.now();
        if was_set_back(seen, now) {
            tracing::warn!(from = %seen, to = %now, "the clock was set back: every livechat looks at it again");
            alarms.set_all(now);
            next_scan = next_scan.map(|_| now);
            (seen, ahead) = (now, true);
        }
        seen = seen.max(now);
        let wake = async {
            match alarms.first.first() {
                Some((deadline, _)) => clock.sleep_until(*deadline).await,
                None => std::future::pending().await,
            }
        };
        let scan = async {
            match next_scan {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        // Messages come first: an alarm that was moved does not ring.
        tokio::select! {
            biased;
            message = messages.recv() => match message {
                None => return,
                Some(Message::Deadline(livechat, deadline)) => alarms.set(livechat, deadline),
                Some(Message::Scan { at, waking }) => {
                    for (livechat, deadline) in waking {
                        // A livechat in memory knows better.
                        if !alarms.knows(&livechat) {
                            alarms.set(livechat, Some(deadline));
                        }
                    }
                    next_scan = Some(at + SCAN_INTERVAL);
                }
                Some(Message::ScanFailed) => next_scan = Some(clock.now() + PAUSE),
            },
            () = wake => {
                let Some(livechat) = alarms.pop() else { continue };
                let Some(journal) = journal.upgrade() else { return };
                // The tick reports the next deadline. One that fails is retried after a while.
                journal.clone().runtime().spawn(Box::pin(async move { journal.tick(&livechat).await }));
            }
            () = scan => {
                let Some(journal) = journal.upgrade() else { return };
                next_scan = None;
                let ahead = std::mem::take(&mut ahead);
                journal.clone().runtime().spawn(Box::pin(async move { journal.scan_for_wake_ups(ahead).await }));
            }
        }
    }
}

impl Journal {
    /// Fires what is due in a livechat now. The timekeeper has dropped its deadline, so it is reported again.
    pub(crate) async fn tick(&self, livechat: &LivechatId) {
        if let Ok(mut slot) = self.load(livechat).await {
            slot.deadline = None;
        }
        let id = self.runtime().new_id();
        match self.execute(livechat, id, Actor::System, Action::Tick).await {
            Ok(_) | Err(Error::Closed | Error::Rejected(_)) => {}
            Err(error @ (Error::Overloaded | Error::NotDurable(_) | Error::Store(_))) => {
                tracing::warn!(livechat = %livechat, %error, "timers could not fire; trying again");
                RetryLater { to_timekeeper: self.0.to_timekeeper.clone(), clock: self.clock().clone() }
                    .wake(livechat);
            }
            Err(error @ (Error::Damaged { .. } | Error::Unreadable(_) | Error::Unwritable(_))) => {
                tracing::error!(livechat = %livechat, %error, "timers cannot fire");
            }
        }
    }

    /// Asks the log which livechats have to be woken soon, and reports them to the timekeeper; with `ahead`, also those
    /// that wait for a time read from a clock that was ahead.
    pub(crate) async fn scan_for_wake_ups(&self, ahead: bool) {
        let at = self.clock().now();
        let asked = async {
            let mut waking = self.0.store.read().waking(at + SCAN_INTERVAL + SCAN_INTERVAL).await?;
            if ahead {
                let wrong = self.0.store.read().ahead(at + TimeDelta::seconds(CLOCK_HELD_SECS)).await?;
                waking.extend(wrong.into_iter().map(|livechat| (livechat, at)));
            }
            Ok::<_, StoreError>(waking)
        };
        let message = match asked.await {
            Ok(waking) => Message::Scan { at, waking },
            Err(error) => {
                tracing::warn!(%error, "the log cannot be asked which timers fall due; trying again");
                Message::ScanFailed
            }
        };
        let _ = self.0.to_timekeeper.send(message);
    }
}
