//! How a batch moves the heads of its livechats.

use std::collections::BTreeMap;

use domain::LivechatId;

use crate::log::entry::Entry;
use crate::log::record::Position;

/// One livechat's part of a batch: from which position its head has to be moved, and to which entry.
pub(super) struct Move<'a> {
    pub(super) expected: Position,
    pub(super) last: &'a Entry,
}

/// How a batch moves the heads, one move per livechat, in the order of their names: two writers that
/// meet wait for each other, and never in a circle.
pub(super) fn moves(entries: &[Entry]) -> Vec<Move<'_>> {
    let mut moves: BTreeMap<&LivechatId, Move<'_>> = BTreeMap::new();
    for entry in entries {
        moves
            .entry(&entry.livechat)
            .and_modify(|step| step.last = entry)
            .or_insert(Move { expected: entry.position - 1, last: entry });
    }
    moves.into_values().collect()
}

/// The entries, those of a livechat together and in their order: the index is then written from one end to
/// the other, and each of its pages is at hand when it is needed.
pub(super) fn by_livechat(entries: &[Entry]) -> Vec<&Entry> {
    let mut ordered: Vec<&Entry> = entries.iter().collect();
    ordered.sort_by(|one, other| one.livechat.cmp(&other.livechat));
    ordered
}

/// Records after which those of each conversation are noted in the side table: enough that a row there tells
/// of several, few enough that those which are not noted yet are read in a fraction of a millisecond.
const NOTED_EVERY: Position = 1_000;

impl Move<'_> {
    /// Is it time to note which conversations the livechat's last records concern?
    pub(super) const fn is_to_be_noted(&self) -> bool {
        self.expected / NOTED_EVERY != self.last.position / NOTED_EVERY
    }
}
