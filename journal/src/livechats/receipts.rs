//! Idempotence: which commands were done, and where their events are.
//!
//! Rebuilt from the log's metadata when a livechat is loaded, so it survives a restart. Bounded: a
//! command repeated after [`REMEMBERED_MAX`] others is taken for a new one.

use std::collections::{HashMap, VecDeque};

use domain::id::CommandId;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::log::record::Position;

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

/// A receipt in bytes: the command, its first event, how many.
const PACKED_BYTES: usize = 16 + 8 + 4;

/// Stored as bytes, oldest first: a hundred thousand are written down in a millisecond.
impl Serialize for Receipts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut packed = Vec::with_capacity(self.order.len() * PACKED_BYTES);
        for (id, span) in self.order.iter().filter_map(|id| self.spans.get(id).map(|span| (id, span))) {
            packed.extend_from_slice(id.0.as_bytes());
            packed.extend_from_slice(&span.first.to_be_bytes());
            packed.extend_from_slice(&span.count.to_be_bytes());
        }
        serializer.serialize_bytes(&packed)
    }
}

impl<'de> Deserialize<'de> for Receipts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let packed = <&[u8]>::deserialize(deserializer)?;
        let (receipts, rest) = packed.as_chunks::<PACKED_BYTES>();
        if !rest.is_empty() {
            return Err(D::Error::invalid_length(packed.len(), &"whole receipts"));
        }
        let mut found = Self::default();
        for receipt in receipts {
            let number = |from, to| receipt[from..to].iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
            let id = u128::from(number(0, 8)) << 64 | u128::from(number(8, 16));
            let count = u32::try_from(number(24, 28)).unwrap_or(u32::MAX);
            found.remember(CommandId(Uuid::from_u128(id)), Span { first: number(16, 24), count });
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_the_oldest_first() {
        let mut receipts = Receipts::default();
        for n in 0..=REMEMBERED_MAX as u64 {
            receipts.extend(CommandId(Uuid::from_u64_pair(0, n)), n);
        }
        assert_eq!(receipts.get(CommandId(Uuid::from_u64_pair(0, 0))), None);
        assert_eq!(receipts.get(CommandId(Uuid::from_u64_pair(0, 1))), Some(Span { first: 1, count: 1 }));
    }

    #[test]
    fn it_comes_back_as_it_was_stored() {
        let mut receipts = Receipts::default();
        for (n, count) in [(1, 1), (2, 0), (3, u32::MAX)] {
            let span = Span { first: u64::MAX - n, count };
            receipts.remember(CommandId(Uuid::from_u64_pair(n << 60, n)), span);
        }
        let stored = rmp_serde::to_vec(&receipts).unwrap();
        assert_eq!(rmp_serde::from_slice::<Receipts>(&stored).unwrap(), receipts);
        assert!(rmp_serde::from_slice::<Receipts>(&rmp_serde::to_vec(&[1_u8; 27]).unwrap()).is_err());
    }
}
