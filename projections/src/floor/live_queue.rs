//! The queue in memory, and what entered and left it since any recent position.

use domain::ConversationId;
use foldhash::{HashMap, HashMapExt};
use journal::Position;

use super::change_log::{ChangeLog, Rows};
use crate::queue::QueueEntry;

/// The visitors who wait.
#[derive(Clone, Debug)]
pub(super) struct LiveQueue {
    entries: Entries,
    log: ChangeLog,
    /// The position of the last event that changed the queue.
    pub(super) changed_at: Position,
}

/// Each entry with the position of the event that changed it last.
type Entries = HashMap<ConversationId, (Position, QueueEntry)>;

impl Rows for Entries {
    fn changed_at(&self, id: ConversationId) -> Option<Position> {
        self.get(&id).map(|(at, _)| *at)
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl LiveQueue {
    /// An empty queue.
    pub(super) fn empty() -> Self {
        Self::of(0, std::iter::empty())
    }

    /// These entries, each at its position, none after `position`.
    pub(super) fn of(
        position: Position,
        entries: impl Iterator<Item = (ConversationId, Position, QueueEntry)>,
    ) -> Self {
        let mut all = Entries::new();
        all.extend(entries.map(|(id, at, entry)| (id, (at, entry))));
        let log = ChangeLog::new(position, all.iter().map(|(id, (at, _))| (*at, *id)));
        Self { entries: all, log, changed_at: position }
    }

    /// Inserts an entry, or removes it if there is none.
    pub(super) fn set(&mut self, id: ConversationId, at: Position, entry: Option<QueueEntry>) {
        if self.entries.get(&id).map(|(_, entry)| entry) == entry.as_ref() {
            return;
        }
        self.changed_at = at;
        if let Some(entry) = entry {
            self.entries.insert(id, (at, entry));
            self.log.change(id, at, &self.entries);
        } else {
            self.entries.remove(&id);
            self.log.remove(id, at);
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &QueueEntry> {
        self.entries.values().map(|(_, entry)| entry)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The visitors who entered or moved after a position, and those who left; nothing if the position is too old.
    pub(super) fn after(&self, position: Position) -> Option<(Vec<QueueEntry>, Vec<ConversationId>)> {
        let (entered, left) = self.log.after(position, &self.entries)?;
        let entered = entered.iter().filter_map(|id| self.entries.get(id)).map(|(_, entry)| entry.clone());
        Some((entered.collect(), left))
    }
}
