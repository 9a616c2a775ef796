//! The log as a time machine: a livechat as it was at any position or moment of its past.
//!
//! Read [`past`] (a livechat as it was), then [`stones`] (why that is quick) and [`mod@pages`] (how a log is read).
//!
//! Invariant: the log is only read here, and the past is computed by the same [`domain::evolve`] and the same
//! folds of the projections that computed it the first time. What is written are stepping stones, which are a
//! cache beside it.

#![warn(missing_docs)]

pub mod conversation;
mod error;
pub mod pages;
pub mod past;
pub mod playback;
pub mod stones;

pub use conversation::conversation_at;
pub use error::Error;
pub use past::{Past, Until, at};
