//! The append-only log, and the one writer of each livechat.
//!
//! [`Journal`] keeps each livechat in memory, decides commands on it, and makes the resulting events
//! durable in groups: while one batch is being written, the next gathers. Read [`journal`] (what
//! happens to a command), then [`writer`] (what happens to a batch), [`store`] (the databases),
//! `slots`
//! (where livechats are in memory), [`feed`] (how others follow), [`timekeeper`] (how timers wake up) and [`memory`] (how livechats leave
//! memory and come back, from a [`snapshot`] and the end of their log). [`checked`] notices records
//! that were changed, and [`archive`] checks whole logs and carries them to a file and back. [`host`] and [`clock`] are the machine it all runs on.
//!
//! Invariant: nobody is answered, and nothing is published, before what the answer depends on is
//! durable. There is no rule of the livechat here.

pub mod archive;
pub mod checked;
pub mod clock;
mod damage;
pub mod entry;
pub mod error;
mod event_store;
pub mod feed;
mod figure;
mod health;
pub mod host;
pub mod journal;
mod loaded;
pub mod memory;
pub mod outage;
mod queries;
mod queued;
mod receipts;
pub mod recorded;
pub mod rights;
mod slots;
pub mod snapshot;
pub mod store;
mod timekeeper;
pub mod upcast;
mod writer;

pub use clock::{Clock, ManualClock, SystemClock, was_set_back};
pub use error::Error;
pub use feed::{Batch, Scope};
pub use host::{Host, Threads, at_length};
pub use journal::{Journal, Options, Receipt};
pub use recorded::{Author, Chained, Position, Recorded};
pub use store::Store;
