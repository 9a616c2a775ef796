//! The timekeeper: wakes each livechat at its first deadline, whether it is in memory or not.
//!
//! Deadlines are part of the state of a livechat, and the first one is kept with its head, so nothing is
//! lost by forgetting them here. Those in memory tell theirs; for the others the log is asked once a
//! minute which have to be woken in the next two. Waking too often is harmless: a tick that finds nothing due
//! records nothing.

pub(crate) mod handle;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Weak};

use chrono::TimeDelta;
use domain::limits::CLOCK_HELD_SECS;
use domain::{Action, Actor, LivechatId, Timestamp};
use tokio::sync::mpsc;

use self::handle::{Message, PAUSE, SCAN_INTERVAL};
use crate::clock::{Clock, was_set_back};
use crate::command::{Context, execute};
use crate::error::Error;
use crate::log::record::Author;
use crate::log::store::StoreError;

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
    context: Weak<Context>,
) {
    let mut alarms = Alarms::default();
    let mut seen = clock.now();
    let mut next_scan = Some(seen);
    // At first, and whenever the clock was set back, the log may know of times that have not come yet.
    let mut ahead = true;
    loop {
        let now = clock.now();
        if was_set_back(seen, now) {
            tracing::warn!(from = %seen, to = %now, "the clock was set back; every livechat checks its timers again");
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
                let Some(context) = context.upgrade() else { return };
                // The tick reports the next deadline. One that fails is retried after a while.
                context.runtime.clone().spawn(Box::pin(async move { tick(&context, &livechat).await }));
            }
            () = scan => {
                let Some(context) = context.upgrade() else { return };
                next_scan = None;
                let ahead = std::mem::take(&mut ahead);
                context.runtime.clone().spawn(Box::pin(async move { scan_for_wake_ups(&context, ahead).await }));
            }
        }
    }
}

/// Fires what is due in a livechat now. The timekeeper has dropped its deadline, so it is reported again.
async fn tick(context: &Context, livechat: &LivechatId) {
    if let Ok(mut resident) = context.livechats.load(livechat).await {
        resident.reported_deadline = None;
    }
    let id = context.runtime.new_id();
    match execute(context, livechat, id, Author::from(Actor::System), Action::Tick).await {
        Ok(_) | Err(Error::Closed | Error::Rejected(_)) => {}
        Err(error @ (Error::Overloaded | Error::NotDurable(_) | Error::Store(_))) => {
            tracing::warn!(livechat = %livechat, %error, "timers could not fire; retrying");
            context.timekeeper.retry_later(livechat);
        }
        Err(error @ (Error::Damaged { .. } | Error::Unreadable(_) | Error::Unwritable(_))) => {
            tracing::error!(livechat = %livechat, %error, "timers cannot fire");
        }
    }
}

/// Asks the log which livechats have to be woken soon, and reports them to the timekeeper; with `ahead`, also those
/// that wait for a time read from a clock that was ahead.
async fn scan_for_wake_ups(context: &Context, ahead: bool) {
    let at = context.clock.now();
    let log = context.store.read();
    let asked = async {
        let mut waking = log.waking(at + SCAN_INTERVAL + SCAN_INTERVAL).await?;
        if ahead {
            let wrong = log.ahead(at + TimeDelta::seconds(CLOCK_HELD_SECS)).await?;
            waking.extend(wrong.into_iter().map(|livechat| (livechat, at)));
        }
        Ok::<_, StoreError>(waking)
    };
    let message = match asked.await {
        Ok(waking) => Message::Scan { at, waking },
        Err(error) => {
            tracing::warn!(%error, "cannot read which timers are due; retrying");
            Message::ScanFailed
        }
    };
    context.timekeeper.send(message);
}
