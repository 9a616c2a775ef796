//! The log as a time machine.
//!
//! | file | question |
//! |---|---|
//! | [`as_of`], [`state_at`], [`conversation`] | how was a livechat, or a conversation, at any time in its past? |
//! | [`snapshots`] | how is that answered quickly, wherever in a long log? |
//! | [`playback`] | what happened next, and how long after? |
//! | [`invariants`] | does what must always hold, hold at every event? |
//! | [`simulation`] | and whatever fails: the process, the database, the network, the clock? |
//! | [`mod@verify`] | is everything that was derived from a log what the log says? |
//! | [`what_if`] | how would it have gone with other settings, hours or staff? |
//! | [`forecast`] | how many operators are needed? |
//! | [`ordered_fold`] | how is a log read quickly? |
//!
//! Invariant: the log is only read here, and the past is computed by the same [`domain::evolve`] and the same
//! folds of the projections that computed it the first time. Only state snapshots are written, which are a cache beside
//! it.

#![warn(missing_docs)]

pub mod as_of;
pub mod conversation;
mod error;
pub mod forecast;
pub mod invariants;
pub mod ordered_fold;
pub mod playback;
pub mod simulation;
pub mod snapshots;
pub mod state_at;
pub mod verify;
pub mod what_if;

pub use as_of::at;
pub use conversation::{conversation_as_visible, conversation_at};
pub use error::Error;
pub use state_at::{AsOf, Extent, StateAt};
pub use verify::verify;
