//! Compares what was to be said with the transcript. Pure.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::AddAssign;

/// How a transcript differs from what was to be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Said, but not in the transcript.
    pub lost: usize,
    /// In the transcript more often than said.
    pub doubled: usize,
    /// In the transcript as often as said, but not in its place.
    pub out_of_order: usize,
}

impl Difference {
    /// Is the transcript exactly what was said?
    pub const fn is_none(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.out_of_order == 0
    }
}

impl AddAssign for Difference {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.out_of_order += other.out_of_order;
    }
}

/// Compares two sequences. What is in both but outside their longest common subsequence is out of
/// order: the smallest number of messages that would have to be moved.
pub fn compare<T: Eq + Hash>(expected: &[T], actual: &[T]) -> Difference {
    if expected == actual {
        return Difference::default();
    }
    let mut counts: HashMap<&T, (usize, usize)> = HashMap::new();
    for item in expected {
        counts.entry(item).or_default().0 += 1;
    }
    for item in actual {
        counts.entry(item).or_default().1 += 1;
    }
    let mut difference = Difference::default();
    let mut in_both = 0;
    for (expected, actual) in counts.values() {
        difference.lost += expected.saturating_sub(*actual);
        difference.doubled += actual.saturating_sub(*expected);
        in_both += expected.min(actual);
    }
    difference.out_of_order = in_both - longest_common_subsequence(expected, actual);
    difference
}

fn longest_common_subsequence<T: Eq>(left: &[T], right: &[T]) -> usize {
    // One row of the usual table: `row[j]` is the answer for what was seen of `left` and `right[..j]`.
    let mut row = vec![0_usize; right.len() + 1];
    for item in left {
        let mut diagonal = 0;
        for (column, other) in right.iter().enumerate() {
            let above = row[column + 1];
            row[column + 1] = if item == other { diagonal + 1 } else { above.max(row[column]) };
            diagonal = above;
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(lost: usize, doubled: usize, out_of_order: usize) -> Difference {
        Difference { lost, doubled, out_of_order }
    }

    #[test]
    fn exact() {
        assert_eq!(compare(&["a", "b", "b", "c"], &["a", "b", "b", "c"]), difference(0, 0, 0));
        assert_eq!(compare::<&str>(&[], &[]), difference(0, 0, 0));
    }

    #[test]
    fn one_missing() {
        assert_eq!(compare(&["a", "b", "c"], &["a", "c"]), difference(1, 0, 0));
        assert_eq!(compare(&["a", "b", "b"], &["a", "b"]), difference(1, 0, 0));
    }

    #[test]
    fn one_doubled() {
        assert_eq!(compare(&["a", "b", "c"], &["a", "b", "b", "c"]), difference(0, 1, 0));
        assert_eq!(compare(&["a", "b", "c"], &["a", "b", "c", "a"]), difference(0, 1, 0));
    }

    #[test]
    fn two_swapped() {
        assert_eq!(compare(&["a", "b", "c"], &["b", "a", "c"]), difference(0, 0, 1));
    }

    #[test]
    fn one_missing_and_one_doubled_and_two_swapped() {
        assert_eq!(compare(&["a", "b", "c"], &["a", "a", "b"]), difference(1, 1, 0));
        assert_eq!(compare(&["a", "b", "c", "d", "e"], &["b", "a", "c", "c", "e"]), difference(1, 1, 1));
    }
}
