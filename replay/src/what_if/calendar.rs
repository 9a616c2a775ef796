//! The calendar of upcoming acts and timers.

use std::collections::BTreeMap;

use domain::Timestamp;

use super::behaviour::Order;

/// Names an entry, so that it can be removed.
pub(super) type Key = (Timestamp, Order, u64);

/// Entries by their time; of those at the same time, by their place in history, then as they came.
#[derive(Debug)]
pub(super) struct Calendar<T> {
    entries: BTreeMap<Key, T>,
    next: u64,
}

impl<T> Default for Calendar<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), next: 0 }
    }
}

impl<T> Calendar<T> {
    pub(super) fn put(&mut self, at: Timestamp, order: Order, entry: T) -> Key {
        self.next += 1;
        let key = (at, order, self.next);
        self.entries.insert(key, entry);
        key
    }

    /// Removes an entry, if it is there.
    pub(super) fn cancel(&mut self, key: &mut Option<Key>) {
        if let Some(key) = key.take() {
            self.entries.remove(&key);
        }
    }

    /// When the first entry is due.
    pub(super) fn first(&self) -> Option<(Timestamp, Order)> {
        self.entries.first_key_value().map(|((at, order, _), _)| (*at, *order))
    }

    pub(super) fn pop(&mut self) -> Option<(Key, T)> {
        self.entries.pop_first()
    }
}
