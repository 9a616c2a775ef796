//! The log as a time machine.
//!
//! | file | question |
//! |---|---|
//! | [`mod@past`], [`conversation`] | how was a livechat, or a conversation, at any moment of its past? |
//! | [`stones`] | how is that told at once, wherever in a long log? |
//! | [`playback`] | what happened next, and how long after? |
//! | [`invariants`] | does what always has to hold, hold at every event? |
//! | [`machine`] | and whatever goes wrong with the machine? |
//! | [`mod@verify`] | is everything that was made of a log what the log says? |
//! | [`what_if`] | how would it have gone under other settings, hours or staff? |
//! | [`forecast`] | which staff is needed? |
//! | [`mod@pages`] | how is a log read quickly? |
//!
//! Invariant: the log is only read here, and the past is computed by the same [`domain::evolve`] and the same
//! folds of the projections that computed it the first time. What is written are stepping stones, which are a
//! cache beside it.

#![warn(missing_docs)]

pub mod conversation;
mod error;
pub mod forecast;
pub mod invariants;
pub mod machine;
pub mod pages;
pub mod past;
pub mod playback;
pub mod stones;
pub mod verify;
pub mod what_if;

pub use conversation::{conversation_as_told, conversation_at};
pub use error::Error;
pub use past::{Extent, Past, Until, at};
pub use verify::verify;
