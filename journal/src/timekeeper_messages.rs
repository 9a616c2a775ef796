//! What the timekeeper is told, and by what: deadlines, the answers of the log, and retries.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{LivechatId, Timestamp};
use tokio::sync::mpsc;

use crate::clock::Clock;

/// How often the log is asked which livechats have to be woken.
pub(crate) const SCAN_INTERVAL: TimeDelta = TimeDelta::seconds(60);

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

/// Wakes a livechat again after a failure: late enough not to hammer on a database that is down.
pub(crate) struct RetryLater {
    pub(crate) to_timekeeper: mpsc::UnboundedSender<Message>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// How long after a failure.
pub(crate) const PAUSE: TimeDelta = TimeDelta::seconds(1);

impl RetryLater {
    pub(crate) fn wake(&self, livechat: &LivechatId) {
        // Without a timekeeper the journal is gone, and nothing has to wake.
        let _ = self.to_timekeeper.send(Message::Deadline(livechat.clone(), Some(self.clock.now() + PAUSE)));
    }
}
