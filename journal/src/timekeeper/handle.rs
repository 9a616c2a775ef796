//! How the timekeeper is reached: deadlines, the answers of the log, and retries.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{LivechatId, Timestamp};
use tokio::sync::mpsc;

use crate::clock::Clock;

/// How often the log is asked which livechats have to be woken.
pub(crate) const SCAN_INTERVAL: TimeDelta = TimeDelta::seconds(60);

/// How long after a failure something is tried again: late enough not to hammer on a database that is down.
pub(super) const PAUSE: TimeDelta = TimeDelta::seconds(1);

/// Messages to the timekeeper.
#[derive(Debug)]
pub(crate) enum Message {
    /// The first deadline of a livechat, or that it has none.
    Deadline(LivechatId, Option<Timestamp>),
    /// The livechats to be woken until the scan after the next, as the log said.
    Scan {
        /// When the log was asked.
        at: Timestamp,
        /// Which livechats, and when.
        waking: Vec<(LivechatId, Timestamp)>,
    },
    /// The log could not be read.
    ScanFailed,
}

/// Reaches the timekeeper. Without one the journal is gone, and nothing has to be woken.
#[derive(Clone)]
pub(crate) struct Timekeeper {
    messages: mpsc::UnboundedSender<Message>,
    clock: Arc<dyn Clock>,
}

impl Timekeeper {
    /// A timekeeper, and what it receives.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> (Self, mpsc::UnboundedReceiver<Message>) {
        let (messages, received) = mpsc::unbounded_channel();
        (Self { messages, clock }, received)
    }

    /// A livechat has to be woken at its first deadline, or has none.
    pub(crate) fn set(&self, livechat: &LivechatId, deadline: Option<Timestamp>) {
        self.send(Message::Deadline(livechat.clone(), deadline));
    }

    /// A livechat has not to be woken, or the log knows when.
    pub(crate) fn forget(&self, livechat: &LivechatId) {
        self.set(livechat, None);
    }

    /// Wakes a livechat again after a failure.
    pub(crate) fn retry_later(&self, livechat: &LivechatId) {
        self.set(livechat, Some(self.clock.now() + PAUSE));
    }

    pub(super) fn send(&self, message: Message) {
        let _ = self.messages.send(message);
    }
}
