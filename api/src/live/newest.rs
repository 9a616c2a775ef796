//! The newest messages: as many as a page gets when it opens, for a conversation may go on for days.

use std::collections::VecDeque;

use serde::{Serialize, Serializer};

use crate::limits::{SNAPSHOT_BYTES_MAX, SNAPSHOT_ENTRIES_MAX};

/// The newest ones, in order: serialized as a list.
#[derive(Clone, Debug)]
pub struct Newest<T> {
    /// Each with its bytes.
    kept: VecDeque<(T, usize)>,
    entries_max: usize,
    bytes_max: usize,
    bytes: usize,
    earlier: u32,
}

/// As many as a snapshot has.
impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self::up_to(SNAPSHOT_ENTRIES_MAX, SNAPSHOT_BYTES_MAX)
    }
}

impl<T> Newest<T> {
    /// At most this many entries, with this many bytes together.
    pub const fn up_to(entries_max: usize, bytes_max: usize) -> Self {
        Self { kept: VecDeque::new(), entries_max, bytes_max, bytes: 0, earlier: 0 }
    }

    /// Adds one with this many bytes of text; the oldest make room, and it is kept however long it is.
    pub fn push(&mut self, one: T, bytes: usize) {
        self.kept.push_back((one, bytes));
        self.bytes += bytes;
        while self.kept.len() > self.entries_max || self.bytes > self.bytes_max && self.kept.len() > 1 {
            let Some((_, bytes)) = self.kept.pop_front() else { break };
            self.bytes -= bytes;
            self.earlier += 1;
        }
    }

    /// The newest ones, in order.
    pub fn into_kept(self) -> Vec<T> {
        self.kept.into_iter().map(|(one, _)| one).collect()
    }

    /// The latest of a kind, if it is among the newest.
    pub fn latest(&self, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        self.kept.iter().rev().map(|(one, _)| one).find(|one| is_it(one))
    }

    /// How many were there before these.
    pub const fn earlier(&self) -> u32 {
        self.earlier
    }
}

impl<T: Serialize> Serialize for Newest<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.kept.iter().map(|(one, _)| one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(newest: &Newest<usize>) -> (Vec<usize>, u32) {
        (newest.kept.iter().map(|(one, _)| *one).collect(), newest.earlier())
    }

    #[test]
    fn there_are_so_many_at_most() {
        let mut newest = Newest::default();
        for one in 0..SNAPSHOT_ENTRIES_MAX + 3 {
            newest.push(one, 1);
        }
        assert_eq!(kept(&newest), ((3..SNAPSHOT_ENTRIES_MAX + 3).collect(), 3));
    }

    #[test]
    fn there_are_so_many_bytes_at_most_and_one_at_least() {
        let mut newest = Newest::default();
        let half = SNAPSHOT_BYTES_MAX / 2;
        for one in 0..3 {
            newest.push(one, half);
        }
        assert_eq!(kept(&newest), (vec![1, 2], 1));
        newest.push(3, SNAPSHOT_BYTES_MAX + 1);
        assert_eq!(kept(&newest), (vec![3], 3));
        newest.push(4, 1);
        assert_eq!(kept(&newest), (vec![4], 4));
    }
}
