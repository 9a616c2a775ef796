//! The log as a time machine.
//!
//! | file | question |
//! |---|---|
//! | [`mod@past`] | how was a livechat at any position or moment of its past? |
//! | [`invariants`] | does what always has to hold, hold at every event? |
//! | [`machine`] | and whatever goes wrong with the machine? |
//!
//! Invariant: the log is only read here, and the past is computed by the same [`domain::evolve`] that
//! computed it the first time.

#![warn(missing_docs)]

pub mod invariants;
pub mod machine;
pub mod past;

pub use past::{Past, Until, at};
