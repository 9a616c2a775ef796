//! The views of a floor, and the frames sent to all followers of one.

use domain::text::Language;
use journal::Position;

use crate::live::frame::Frame;

/// Why a feed broke off: its reader has to reconnect.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the feed broke off")]
pub struct Broken;

/// What a feed shows, and in which language skills are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// What of the floor.
    pub of: FeedScope,
    /// The reader's language.
    pub language: Language,
}

/// What a feed shows of a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedScope {
    /// All of it: for supervisors.
    Floor,
    /// The visitors who wait.
    Queue,
    /// How many wait, and for which skill: for operators.
    QueueLengths,
}

impl View {
    /// How many there are.
    pub(super) const COUNT: usize = 6;

    /// Those of this, in every language.
    pub(super) fn each(of: FeedScope) -> impl Iterator<Item = Self> {
        [Language::Fr, Language::En].into_iter().map(move |language| Self { of, language })
    }

    /// Its place among all.
    pub(super) const fn place(self) -> usize {
        2 * self.of as usize + self.language as usize
    }
}

/// A frame sent to all followers of a view.
#[derive(Clone, Debug)]
pub(super) enum Update {
    /// Leads from any position from `after` on to `position`.
    Change { after: Position, position: Position, frame: Frame },
    /// Stands out before the change that leads to `position`, and includes it.
    Alert { after: Position, position: Position, frame: Frame },
    /// Moves nothing.
    Totals(Frame),
}
