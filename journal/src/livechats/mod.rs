//! The livechats in memory: locked one by one, loaded on demand, evicted when they are idle.
//!
//! Read [`registry`] (who has a slot), [`resident`] (what is in it) with its [`generation`], [`loading`] (how it gets
//! there), [`eviction`] (how it leaves) and [`snapshots`] (what makes coming back cheap).
//!
//! Invariant: a livechat is in memory once, and what is in memory is its log folded, ahead by what is being written.

pub(crate) mod damage;
pub mod eviction;
pub(crate) mod generation;
pub(crate) mod loading;
pub(crate) mod memory_use;
pub(crate) mod receipts;
pub(crate) mod registry;
pub(crate) mod resident;
pub(crate) mod slot;
pub(crate) mod snapshots;
pub(crate) mod state_copy;
