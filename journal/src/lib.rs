//! The append-only log, and the one writer of each livechat.
//!
//! [`Journal`] keeps each livechat in memory, decides commands on it, and makes the resulting events
//! durable in groups: while one batch is being written, the next gathers. Read `start` (how
//! a journal is put together), [`journal`] (what happens to a command), then [`writer`] (what happens to a batch), [`store`] (the databases), `livechats`
//! (the registry of livechats in memory), [`feed`] (how others follow), [`timekeeper`] (how timers fire) and
//! [`eviction`] (how livechats leave memory and come back, from a [`snapshot`] and the end of their log).
//! [`checked`] notices records that were altered, and [`archive`] verifies whole logs and moves them to a file and
//! back. [`runtime`] and [`clock`] are the machine it all runs on.
//!
//! Invariant: no caller is answered, and nothing is published, before what the answer depends on is
//! durable. There is no rule of the livechat here.

mod append_queue;
pub mod archive;
mod check;
pub mod checked;
pub mod clock;
mod damage;
pub mod entry;
pub mod error;
mod event_store;
pub mod eviction;
pub mod feed;
mod health;
pub mod journal;
mod livechats;
mod memory_use;
mod metric;
pub mod outage;
pub mod permissions;
mod queries;
mod receipts;
pub mod record;
mod resident;
pub mod runtime;
mod save_snapshot;
mod slot;
pub mod snapshot;
mod start;
pub mod store;
mod timekeeper;
mod timekeeper_messages;
pub mod upcast;
mod writer;

pub use clock::{Clock, ManualClock, SystemClock, was_set_back};
pub use error::Error;
pub use feed::{Batch, Scope};
pub use journal::{Journal, Options, Receipt};
pub use record::{Author, Chained, Position, Record};
pub use runtime::{Runtime, TokioRuntime, block_in_place};
pub use store::Store;
