//! Which rows about conversations changed or went away since any recent position.

use std::collections::VecDeque;

use domain::ConversationId;
use journal::Position;

/// Rows that went away and are remembered, for readers who resume: an hour of a busy floor.
const REMOVED_KEPT: usize = 10_000;

/// Changes of rows that are remembered beyond one per row, before those that are out of date are dropped.
const CHANGES_KEPT: usize = 1_024;

/// The rows whose changes are logged. An event concerns one conversation.
pub(super) trait Rows {
    /// The position of the event that changed a row last; nothing when there is no such row.
    fn changed_at(&self, id: ConversationId) -> Option<Position>;

    /// How many rows there are.
    fn count(&self) -> usize;
}

/// The changes of rows that are kept elsewhere.
#[derive(Clone, Debug)]
pub(super) struct ChangeLog {
    /// Which row was changed at which position, in the order of the positions. A row that was changed again
    /// later is passed over here, and dropped when there are more of those than of others.
    changed: Vec<(Position, ConversationId)>,
    removed: VecDeque<(Position, ConversationId)>,
    /// Rows that went away up to here are not known.
    known_after: Position,
}

/// The rows that changed after a position, and those that went away.
pub(super) type Difference = (Vec<ConversationId>, Vec<ConversationId>);

impl ChangeLog {
    /// Of rows that changed last at these positions, none of which is after `position`.
    pub(super) fn new(position: Position, rows: impl Iterator<Item = (Position, ConversationId)>) -> Self {
        let mut changed: Vec<_> = rows.collect();
        changed.sort_unstable();
        Self { changed, removed: VecDeque::new(), known_after: position }
    }

    /// A row is new, or has changed.
    pub(super) fn change(&mut self, id: ConversationId, at: Position, rows: &impl Rows) {
        self.changed.push((at, id));
        if self.changed.len() > 2 * rows.count() + CHANGES_KEPT {
            self.changed.retain(|(at, id)| rows.changed_at(*id) == Some(*at));
        }
    }

    /// A row went away.
    pub(super) fn remove(&mut self, id: ConversationId, at: Position) {
        self.removed.push_back((at, id));
        if self.removed.len() > REMOVED_KEPT
            && let Some((forgotten, _)) = self.removed.pop_front()
        {
            self.known_after = forgotten;
        }
    }

    /// What changed after a position; nothing when that is too long ago to be known.
    pub(super) fn after(&self, position: Position, rows: &impl Rows) -> Option<Difference> {
        if position < self.known_after {
            return None;
        }
        let changed = &self.changed[self.changed.partition_point(|(at, _)| *at <= position)..];
        let current = changed.iter().filter(|(at, id)| rows.changed_at(*id) == Some(*at));
        let removed = self.removed.iter().rev().take_while(|(at, _)| *at > position);
        // One that is back is among the rows.
        let removed = removed.map(|(_, id)| *id).filter(|id| rows.changed_at(*id).is_none());
        Some((current.map(|(_, id)| *id).collect(), removed.collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Rows that are nothing but their positions.
    struct Positions(BTreeMap<ConversationId, Position>, ChangeLog);

    impl Rows for BTreeMap<ConversationId, Position> {
        fn changed_at(&self, id: ConversationId) -> Option<Position> {
            self.get(&id).copied()
        }

        fn count(&self) -> usize {
            self.len()
        }
    }

    impl Positions {
        fn of(position: Position, rows: &[(u64, Position)]) -> Self {
            let rows: BTreeMap<_, _> = rows.iter().map(|(number, at)| (id(*number), *at)).collect();
            let log = ChangeLog::new(position, rows.iter().map(|(id, at)| (*at, *id)));
            Self(rows, log)
        }

        fn set(&mut self, number: u64, at: Position) {
            self.0.insert(id(number), at);
            self.1.change(id(number), at, &self.0);
        }

        fn remove(&mut self, number: u64, at: Position) {
            self.0.remove(&id(number));
            self.1.remove(id(number), at);
        }

        fn after(&self, position: Position) -> Option<Difference> {
            self.1.after(position, &self.0)
        }
    }

    fn id(number: u64) -> ConversationId {
        serde_json::from_value(format!("018f0000-0000-7000-8000-{number:012x}").into()).unwrap()
    }

    #[test]
    fn the_difference_leads_from_any_known_position_to_now() {
        let mut rows = Positions::of(10, &[(1, 4), (2, 9)]);
        rows.set(1, 11);
        rows.remove(2, 13);
        rows.set(3, 14);
        rows.remove(3, 15);
        assert_eq!(rows.after(9), None, "what went away before is not known");
        assert_eq!(rows.after(10), Some((vec![id(1)], vec![id(3), id(2)])));
        assert_eq!(rows.after(13), Some((vec![], vec![id(3)])));
        assert_eq!(rows.after(15), Some((vec![], vec![])));
        rows.set(2, 16);
        assert_eq!(rows.after(12), Some((vec![id(2)], vec![id(3)])), "what is back is not gone");
        rows.set(2, 17);
        assert_eq!(rows.after(15), Some((vec![id(2)], vec![])), "once, however often it changed");
    }

    #[test]
    fn what_went_away_too_long_ago_is_forgotten_and_said_to_be() {
        let mut rows = Positions::of(0, &[]);
        let rounds = REMOVED_KEPT as Position + 5;
        for round in 1..=rounds {
            rows.set(round, 2 * round - 1);
            rows.remove(round, 2 * round);
        }
        assert_eq!(rows.after(9), None);
        assert_eq!(rows.after(10).unwrap().1.len(), REMOVED_KEPT);
        assert!(rows.1.changed.len() <= CHANGES_KEPT + 1, "what is out of date is dropped");
    }
}
