//! The log: what is in it, what makes one record follow another, and where it is kept.
//!
//! Read [`record`] (what readers see), [`entry`] (what is stored), [`chain`] (what links them), [`upcast`] (how old
//! versions stay readable), [`checked`] (how records are checked where they are read), then [`store`] (the databases).
//!
//! Invariant: what is here appends and reads; it knows no livechat in memory, and decides nothing.

pub mod chain;
pub mod checked;
pub mod entry;
pub mod record;
pub mod store;
pub mod upcast;
