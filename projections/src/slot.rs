//! The two slots that the projections can be in, blue and green, and which of them is active.
//!
//! The active one is read, and kept up to date by the servers. The other is free to be rebuilt from the log
//! ([`maintenance`](crate::maintenance)) and swapped in, or holds what was active before the last swap, to go
//! back to. One row in the blue slot, the pointer, says which is active: whatever crashes, it decides.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::encoding;

/// One of the two slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The schema `projections`; the SQLite file as it was named.
    Blue,
    /// The schema `projections_green`; the SQLite file with `-green` added to its name.
    Green,
}

impl Slot {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Blue, Self::Green];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Blue => Self::Green,
            Self::Green => Self::Blue,
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::word(self))
    }
}

/// The content of the pointer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActiveSlot {
    /// The slot that is read.
    pub slot: Slot,
    /// When it became active; absent before the first swap.
    pub swapped_at: Option<DateTime<Utc>>,
    /// The version of the program that made it active.
    pub program: Option<String>,
}

impl ActiveSlot {
    /// Before the first swap.
    pub(crate) const FIRST: Self = Self { slot: Slot::Blue, swapped_at: None, program: None };
}

/// Where the rows of one set of projections are: in one of the two slots, or aside, for a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Slot(Slot),
    Scratch,
}

impl Location {
    /// What is added to the name of the blue slot.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Slot(Slot::Blue) => "",
            Self::Slot(Slot::Green) => "green",
            Self::Scratch => "scratch",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_the_other_of_the_other() {
        for slot in Slot::ALL {
            assert_ne!(slot, slot.other());
            assert_eq!(slot, slot.other().other());
        }
        assert_eq!(Slot::Green.to_string(), "green");
    }
}
