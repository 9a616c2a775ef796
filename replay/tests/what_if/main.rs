//! What if? Without a change, what is decided anew is what was decided then; with one, the figures say what it does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod dialogues;
mod exactly;
mod figures;
mod floor;
mod otherwise;
