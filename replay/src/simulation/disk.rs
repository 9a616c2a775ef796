//! What is durable: it survives every crash. A commit is one indivisible step, with the same fence as in the
//! databases: each livechat's head moves from the position before the first entry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{ConversationId, LivechatId, Timestamp};
use journal::Position;
use journal::entry::{Entry, WakeUp};
use journal::store::Snapshot;
use journal::store::{Head, StoredRecord};

/// The database. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    logs: Arc<Mutex<BTreeMap<LivechatId, Log>>>,
    /// The livechats whose heads an append has locked.
    locked: Arc<Mutex<Vec<LivechatId>>>,
    /// When a server was last up.
    beat: Arc<Mutex<Option<Timestamp>>>,
}

/// The heads that an append has locked: it may still be committed until this is dropped.
#[derive(Debug)]
pub(super) struct Locks {
    disk: Disk,
    livechats: BTreeSet<LivechatId>,
}

impl Drop for Locks {
    fn drop(&mut self) {
        let mut locked = self.disk.locked();
        for livechat in &self.livechats {
            if let Some(lock) = locked.iter().position(|one| one == livechat) {
                locked.swap_remove(lock);
            }
        }
    }
}

/// The durable data of one livechat.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) records: Vec<Row>,
    pub(super) head: Head,
    pub(super) snapshot: Option<Snapshot>,
}

/// A record, with the conversation by which it is found.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) stored: StoredRecord,
    pub(super) conversation: Option<ConversationId>,
    pub(super) at: Timestamp,
}

impl Disk {
    pub(super) fn logs(&self) -> MutexGuard<'_, BTreeMap<LivechatId, Log>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn locked(&self) -> MutexGuard<'_, Vec<LivechatId>> {
        self.locked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a server is up.
    pub(super) fn beat(&self, at: Timestamp) {
        *self.beat.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// When a server was last up.
    pub(super) fn last_beat(&self) -> Option<Timestamp> {
        *self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An append to these livechats begins.
    pub(super) fn begin(&self, entries: &[Entry]) -> Locks {
        let livechats: BTreeSet<_> = entries.iter().map(|entry| entry.livechat.clone()).collect();
        self.locked().extend(livechats.iter().cloned());
        Locks { disk: self.clone(), livechats }
    }

    /// May an append to this livechat still be committed?
    pub(super) fn is_locked(&self, livechat: &LivechatId) -> bool {
        self.locked().contains(livechat)
    }

    /// The position of the last durable record of a livechat.
    pub(super) fn head(&self, livechat: &LivechatId) -> Position {
        self.logs().get(livechat).map_or(0, |log| log.head.position)
    }

    /// Appends all entries, or none if a head has moved.
    pub(super) fn commit(&self, entries: &[Entry]) -> bool {
        let mut logs = self.logs();
        let mut expected: BTreeMap<&LivechatId, Position> = BTreeMap::new();
        for entry in entries {
            let head = logs.get(&entry.livechat).map_or(0, |log| log.head.position);
            let last = expected.entry(&entry.livechat).or_insert(head);
            if entry.position != *last + 1 {
                return false;
            }
            *last = entry.position;
        }
        for entry in entries {
            let log = logs.entry(entry.livechat.clone()).or_insert_with(|| Log::of(&entry.livechat));
            log.head.position = entry.position;
            log.head.hash = entry.hash;
            log.head.wake_up = entry.wake_up;
            log.records.push(Row::of(entry));
        }
        true
    }
}

impl Log {
    fn of(livechat: &LivechatId) -> Self {
        let head = Head {
            livechat: livechat.clone(),
            position: 0,
            hash: journal::entry::GENESIS,
            wake_up: WakeUp::UNKNOWN,
        };
        Self { records: vec![], head, snapshot: None }
    }

    /// At most `limit` records after a position.
    pub(super) fn after(&self, position: Position, limit: usize) -> impl Iterator<Item = &Row> {
        let from = usize::try_from(position).unwrap_or(usize::MAX).min(self.records.len());
        self.records[from..].iter().take(limit)
    }
}

impl Row {
    fn of(entry: &Entry) -> Self {
        let stored = StoredRecord {
            livechat: entry.livechat.clone(),
            position: entry.position,
            event_type: entry.event_type.clone().into_owned(),
            event_version: entry.event_version.clone().into_owned(),
            payload: entry.payload.clone(),
            metadata: entry.metadata.clone(),
            hash: entry.hash.to_vec(),
        };
        Self { stored, conversation: entry.conversation, at: entry.recorded_at }
    }
}
