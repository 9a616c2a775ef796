//! The log as a time machine: a livechat as it was at any position or moment of its past ([`past`]), as it would have
//! been under other settings or staff ([`what_if`]), and what staff it needs ([`forecast`]).
//!
//! Invariant: the log is only read here, and the past is computed by the same [`domain::evolve`] that
//! computed it the first time.

#![warn(missing_docs)]

pub mod forecast;
pub mod past;
pub mod what_if;

pub use past::{Past, Until, at};
