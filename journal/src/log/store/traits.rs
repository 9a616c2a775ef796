//! What a store does: the traits that each database implements.

use async_trait::async_trait;
use domain::{ConversationId, LivechatId, Timestamp};

use super::error::StoreError;
use super::records::{Chain, Then, read_and_decode};
use super::records_error::RecordsError;
use super::snapshot::Snapshot;
use super::snapshots::StateSnapshots;
use super::stored_record::{Linked, StoredRecord};
use crate::log::entry::{Entry, Hash, WakeUp};
use crate::log::record::Position;

/// Where a livechat's log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose log.
    pub livechat: LivechatId,
    /// The position of its last record.
    pub position: Position,
    /// The hash of its last record.
    pub hash: Hash,
    /// What the livechat waits for.
    pub wake_up: WakeUp,
}

/// An append-only log in a database.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Appends all entries in one transaction, and moves each livechat's head from the position before
    /// its first entry to its last, with the wake-up of that one. Entries of one livechat are contiguous
    /// and in order.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a head was elsewhere, [`StoreError::Refused`] when the database
    /// cannot hold an entry; nothing is written then. After any other error it is not known whether the
    /// batch was written.
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError>;

    /// Corrects the wake-up of a livechat whose head is at `position`; a head that has moved on knows better.
    async fn update_wake_up(
        &self,
        livechat: &LivechatId,
        position: Position,
        wake_up: WakeUp,
    ) -> Result<(), StoreError>;

    /// Saves the newest snapshot of a livechat in place of the one before.
    async fn save_snapshot(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// Records, durably, that the server was up at `at`; this also shows whether the database can be written.
    async fn record_heartbeat(&self, at: Timestamp) -> Result<(), StoreError>;

    /// Where a livechat's log ends, for good: waits while an append to it that was sent before may still be
    /// committed, by a writer that gave up on it or has crashed since. [`Read::head`] does not wait.
    ///
    /// # Errors
    /// When that is not known within some seconds.
    async fn settled_head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError>;

    /// The reading half.
    fn read(&self) -> &dyn Read;

    /// Where state snapshots are kept, by a store that keeps any.
    fn state_snapshots(&self) -> Option<&dyn StateSnapshots> {
        None
    }

    /// Waits for readers and writers to finish, and lets go of the database.
    async fn close(&self);
}

/// The reading half of a store. A page ends with `limit` records or with the one that makes it [`PAGE_BYTES`] long,
/// whichever comes first: [`is_full`] tells whether there may be more.
#[async_trait]
pub trait Read: Send + Sync {
    /// At most `limit` records of a livechat after a position.
    async fn page(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, StoreError>;

    /// The same, decoded, for those who read millions: what is to be done with the records is done on the thread,
    /// one for what blocks, that decoded them, with the memory that it has at hand.
    async fn records(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
        chain: Chain,
        then: Then,
    ) -> Result<(), RecordsError> {
        read_and_decode(|after, limit| self.page(livechat, after, limit), (after, limit), chain, then).await
    }

    /// At most `limit` records of one conversation after a position, each with the hash of the record before it.
    async fn conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Linked>, StoreError>;

    /// Where one livechat's log ends; `None` when it has none.
    async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError>;

    /// Where every livechat's log ends.
    async fn heads(&self) -> Result<Vec<Head>, StoreError>;

    /// The livechats that have records, whether or not a head says so, in the order of their names.
    async fn logs(&self) -> Result<Vec<LivechatId>, StoreError>;

    /// The livechats whose first timer fires at `until` or before, as of their heads.
    async fn waking(&self, until: Timestamp) -> Result<Vec<(LivechatId, Timestamp)>, StoreError>;

    /// The livechats that wait for a timer and whose last record happened after `of`: their clock was ahead.
    async fn ahead(&self, of: Timestamp) -> Result<Vec<LivechatId>, StoreError>;

    /// The records of a livechat that tell that the clock was set back, in order. Between two of them the time of
    /// records never goes back.
    async fn set_backs(&self, livechat: &LivechatId) -> Result<Vec<StoredRecord>, StoreError>;

    /// When the server was last known to be up; `None` when that was never noted.
    async fn last_heartbeat(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The livechats that have an operator connected, as of their heads.
    async fn attended(&self) -> Result<Vec<LivechatId>, StoreError>;

    /// The newest snapshot of a livechat.
    async fn snapshot(&self, livechat: &LivechatId) -> Result<Option<Snapshot>, StoreError>;

    /// Is the record that a snapshot stands at in the log?
    async fn holds(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<bool, StoreError> {
        let record = self.page(livechat, snapshot.position.saturating_sub(1), 1).await?;
        Ok(record.first().is_some_and(|record| snapshot.is_of(record)))
    }

    /// Can the log be read?
    async fn ping(&self) -> Result<(), StoreError>;
}
