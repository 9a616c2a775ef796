//! Idempotence: which commands were done, and where their events are.
//!
//! Rebuilt from the log's metadata when a livechat is loaded, so it survives a restart. Bounded: a
//! command repeated after [`REMEMBERED_MAX`] others is taken for a new one.

use std::collections::{HashMap, VecDeque};

use domain::id::CommandId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::recorded::Position;

/// Commands remembered per livechat: at a thousand a second, the last minute and a half.
const REMEMBERED_MAX: usize = 100_000;

/// The events of a command: the first and how many. None for a command that changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: Position,
    pub(crate) count: u32,
}

/// The last commands done on one livechat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Receipts {
    order: VecDeque<CommandId>,
    spans: HashMap<CommandId, Span>,
}

impl Receipts {
    pub(crate) fn get(&self, command: CommandId) -> Option<Span> {
        self.spans.get(&command).copied()
    }

    /// How many are remembered.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// Remembers a command as a whole.
    pub(crate) fn remember(&mut self, command: CommandId, span: Span) {
        if self.spans.insert(command, span).is_none() {
            self.order.push_back(command);
        }
        while self.order.len() > REMEMBERED_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.spans.remove(&oldest);
            }
        }
    }

    /// Remembers one event of a command, when the log is read event by event.
    pub(crate) fn extend(&mut self, command: CommandId, position: Position) {
        match self.spans.get_mut(&command) {
            Some(span) => span.count += 1,
            None => self.remember(command, Span { first: position, count: 1 }),
        }
    }
}

/// Stored as a list, oldest first.
impl Serialize for Receipts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spans = self.order.iter().filter_map(|id| self.spans.get(id).map(|span| (id, span)));
        serializer.collect_seq(spans.map(|(id, span)| (id, span.first, span.count)))
    }
}

impl<'de> Deserialize<'de> for Receipts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut receipts = Self::default();
        for (id, first, count) in Vec::<(CommandId, Position, u32)>::deserialize(deserializer)? {
            receipts.remember(id, Span { first, count });
        }
        Ok(receipts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn it_forgets_the_oldest_first() {
        let mut receipts = Receipts::default();
        for n in 0..=REMEMBERED_MAX as u64 {
            receipts.extend(CommandId(Uuid::from_u64_pair(0, n)), n);
        }
        assert_eq!(receipts.get(CommandId(Uuid::from_u64_pair(0, 0))), None);
        assert_eq!(receipts.get(CommandId(Uuid::from_u64_pair(0, 1))), Some(Span { first: 1, count: 1 }));
    }
}
