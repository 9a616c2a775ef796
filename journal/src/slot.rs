//! The slot of a livechat in memory.

use domain::Timestamp;

use crate::resident::Resident;

/// The slot of a livechat in memory, loaded or not.
#[derive(Debug)]
pub(crate) struct LivechatSlot {
    pub(crate) resident: Option<Resident>,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) used_at: tokio::time::Instant,
}

impl Default for LivechatSlot {
    fn default() -> Self {
        Self { resident: None, deadline: None, used_at: tokio::time::Instant::now() }
    }
}

impl LivechatSlot {
    /// Notes that it is being used.
    pub(crate) fn touch(&mut self) {
        self.used_at = tokio::time::Instant::now();
    }
}
