//! The append-only log, and the one writer of each livechat.
//!
//! [`Journal`] keeps each livechat in memory, decides commands on it, and makes the resulting events
//! durable in groups: while one batch is being written, the next gathers. Read [`journal`] (the parts, and how they are
//! put together), `command` (the way of a command, step by step), `writer` (what happens to a batch), [`log`] (what is
//! stored, and where), `livechats` (what is in memory, and how it comes and goes), [`subscription`] (how others follow)
//! and `timekeeper` (how timers fire). [`archive`] verifies whole logs and moves them to a file and back. [`runtime`]
//! and [`clock`] are the machine it all runs on.
//!
//! Invariant: no caller is answered, and nothing is published, before what the answer depends on is
//! durable. There is no rule of the livechat here.

pub mod archive;
pub mod clock;
mod command;
pub mod error;
mod event_store;
mod health;
pub mod journal;
mod livechats;
pub mod log;
mod log_reader;
mod metric;
pub mod outage;
pub mod permissions;
pub mod runtime;
pub mod subscription;
mod timekeeper;
mod writer;

pub use clock::{Clock, ManualClock, SystemClock, was_set_back};
pub use command::Receipt;
pub use error::Error;
pub use journal::{Journal, Options};
pub use livechats::eviction;
pub use livechats::state_copy::newest_state;
pub use log::record::{Author, Chained, Position, Record};
pub use log::store::{Store, copy};
pub use log::{checked, entry, record, store, upcast};
pub use runtime::{Runtime, TokioRuntime, block_in_place};
pub use subscription::{Batch, Scope};
