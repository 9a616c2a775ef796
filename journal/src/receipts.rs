//! Idempotence: which commands were done, and where their events are.
//!
//! Rebuilt from the log's metadata when a livechat is loaded, so it survives a restart. Bounded: a
//! command repeated after [`REMEMBERED_MAX`] others is taken for a new one.

use std::collections::{HashMap, VecDeque};

use domain::id::CommandId;

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
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    order: VecDeque<CommandId>,
    spans: HashMap<CommandId, Span>,
}

impl Receipts {
    pub(crate) fn get(&self, command: CommandId) -> Option<Span> {
        self.spans.get(&command).copied()
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
