//! Rows about conversations, and what became of them since any recent position.

use std::collections::VecDeque;

use domain::ConversationId;
use foldhash::HashMap;
use journal::Position;

/// Rows that went away and are remembered, for readers who resume: an hour of a busy floor.
const REMOVED_KEPT: usize = 10_000;

/// Each row with the position of the event that changed it last. An event concerns one conversation.
#[derive(Clone, Debug)]
pub(super) struct ChangeLog<R> {
    rows: HashMap<ConversationId, (Position, Box<R>)>,
    /// Which row was changed at which position, in the order of the positions. A row that was changed again
    /// later is passed over here, and dropped when there are more of those than of others.
    changed: Vec<(Position, ConversationId)>,
    removed: VecDeque<(Position, ConversationId)>,
    /// What went away up to here is not known.
    known_after: Position,
}

/// The rows that changed after a position, and the keys of those that went away.
pub(super) type Difference<'a, R> = (Vec<&'a R>, Vec<ConversationId>);

/// Changes of rows that are remembered beyond one per row, before those that are out of date are dropped.
const CHANGES_KEPT: usize = 1_024;

impl<R: PartialEq> ChangeLog<R> {
    /// These rows, each as of its position, none of which is after `position`.
    pub(super) fn new(position: Position, rows: impl Iterator<Item = (ConversationId, Position, R)>) -> Self {
        let rows: HashMap<_, _> = rows.map(|(id, at, row)| (id, (at, Box::new(row)))).collect();
        let mut changed: Vec<_> = rows.iter().map(|(id, (at, _))| (*at, *id)).collect();
        changed.sort_unstable();
        Self { rows, changed, removed: VecDeque::new(), known_after: position }
    }

    pub(super) fn get(&self, id: ConversationId) -> Option<&R> {
        self.rows.get(&id).map(|(_, row)| &**row)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &R> {
        self.rows.values().map(|(_, row)| &**row)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Puts a row in, or out when there is none. Tells whether it is another one than before.
    pub(super) fn set(&mut self, id: ConversationId, at: Position, row: Option<R>) -> bool {
        let changed = self.get(id) != row.as_ref();
        if changed {
            self.change(id, at, |_| row.map(Box::new));
        }
        changed
    }

    /// Makes another row of a row, or puts it in or out.
    pub(super) fn change(
        &mut self,
        id: ConversationId,
        at: Position,
        change: impl FnOnce(Option<Box<R>>) -> Option<Box<R>>,
    ) {
        let before = self.rows.remove(&id).map(|(_, row)| row);
        let was_there = before.is_some();
        if let Some(row) = change(before) {
            self.rows.insert(id, (at, row));
            self.changed.push((at, id));
            if self.changed.len() > 2 * self.rows.len() + CHANGES_KEPT {
                let rows = &self.rows;
                self.changed.retain(|(at, id)| is_current(rows, *at, *id));
            }
        } else if was_there {
            self.remember_removed(id, at);
        }
    }

    fn remember_removed(&mut self, id: ConversationId, at: Position) {
        self.removed.push_back((at, id));
        if self.removed.len() > REMOVED_KEPT
            && let Some((forgotten, _)) = self.removed.pop_front()
        {
            self.known_after = forgotten;
        }
    }

    /// What changed after a position; nothing when that is too long ago to be known.
    pub(super) fn after(&self, position: Position) -> Option<Difference<'_, R>> {
        if position < self.known_after {
            return None;
        }
        let changed = &self.changed[self.changed.partition_point(|(at, _)| *at <= position)..];
        let current = changed.iter().filter(|(at, id)| is_current(&self.rows, *at, *id));
        let rows = current.filter_map(|(_, id)| self.get(*id)).collect();
        let gone = self.removed.iter().rev().take_while(|(at, _)| *at > position);
        // One that is back is among the rows.
        let gone = gone.map(|(_, id)| *id).filter(|id| !self.rows.contains_key(id)).collect();
        Some((rows, gone))
    }
}

/// Was this the last change of the row?
fn is_current<R>(
    rows: &HashMap<ConversationId, (Position, Box<R>)>,
    at: Position,
    id: ConversationId,
) -> bool {
    rows.get(&id).is_some_and(|(last, _)| *last == at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> ConversationId {
        serde_json::from_value(format!("018f0000-0000-7000-8000-{number:012x}").into()).unwrap()
    }

    #[test]
    fn the_difference_leads_from_any_known_position_to_now() {
        let mut kept = ChangeLog::new(10, [(id(1), 4, "a"), (id(2), 9, "b")].into_iter());
        assert!(kept.set(id(1), 11, Some("c")));
        assert!(!kept.set(id(1), 12, Some("c")), "the same again");
        assert!(kept.set(id(2), 13, None));
        assert!(kept.set(id(3), 14, Some("d")));
        assert!(kept.set(id(3), 15, None));
        assert_eq!(kept.after(9), None, "what went away before is not known");
        assert_eq!(kept.after(10), Some((vec![&"c"], vec![id(3), id(2)])));
        assert_eq!(kept.after(13), Some((vec![], vec![id(3)])));
        assert_eq!(kept.after(15), Some((vec![], vec![])));
        assert!(kept.set(id(2), 16, Some("e")));
        assert_eq!(kept.after(12), Some((vec![&"e"], vec![id(3)])), "what is back is not gone");
    }

    #[test]
    fn what_went_away_too_long_ago_is_forgotten_and_said_to_be() {
        let mut kept = ChangeLog::new(0, std::iter::empty());
        let rounds = REMOVED_KEPT as Position + 5;
        for round in 1..=rounds {
            kept.set(id(round), 2 * round - 1, Some(round));
            kept.set(id(round), 2 * round, None);
        }
        assert_eq!(kept.after(9), None);
        assert_eq!(kept.after(10).unwrap().1.len(), REMOVED_KEPT);
        assert_eq!(kept.len(), 0);
    }
}
