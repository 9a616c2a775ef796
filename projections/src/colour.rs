//! The two places that a set of projections can be in, and which of them is read.
//!
//! One is read and kept up to date by the servers; the other is free to be built anew from the log
//! ([`operation`](crate::operation)) and to be swapped in, or is what was read before the last swap, to go
//! back to. Which is which is one row in the blue place, the pointer: whatever crashes, it is the truth.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::database::Pointer;
use crate::error::Error;
use crate::format;

/// One of the two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// The schema `projections`; the SQLite file as it was named.
    Blue,
    /// The schema `projections_green`; the SQLite file with `-green` added to its name.
    Green,
}

impl Colour {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Blue, Self::Green];

    /// The one that this is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Blue => Self::Green,
            Self::Green => Self::Blue,
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format::word(self))
    }
}

/// What the pointer says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pointed {
    /// The place that is read.
    pub colour: Colour,
    /// When it was chosen; absent before the first swap.
    pub swapped_at: Option<DateTime<Utc>>,
    /// The version of the program that chose it.
    pub program: Option<String>,
}

impl Pointed {
    /// Before the first swap.
    pub(crate) const FIRST: Self = Self { colour: Colour::Blue, swapped_at: None, program: None };
}

/// Where the rows of one set of projections stand: in one of the two places, or aside, for a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    Colour(Colour),
    Scratch,
}

impl Spot {
    /// What is added to the name of the blue place.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Colour(Colour::Blue) => "",
            Self::Colour(Colour::Green) => "green",
            Self::Scratch => "scratch",
        }
    }
}

/// The colour that is read according to this database.
pub(crate) async fn pointed(url: &str) -> Result<Pointed, Error> {
    let pointer = Pointer::new(url)?;
    let says = pointer.read().await;
    pointer.close().await;
    says
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_the_other_of_the_other() {
        for colour in Colour::ALL {
            assert_ne!(colour, colour.other());
            assert_eq!(colour, colour.other().other());
        }
        assert_eq!(Colour::Green.to_string(), "green");
    }
}
