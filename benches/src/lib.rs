//! Benchmarks: what the promises of the project are measured with, one file per layer.
//!
//! `benches/domain.rs` measures the rules, `benches/journal.rs` the log beside what it is compared
//! with, `benches/projections.rs` how fast rows follow the log, `benches/lists.rs` how fast lists and the search
//! are read, `benches/restart.rs` how long a long log keeps a server from answering, `benches/live.rs` how long a
//! message takes to subscribers. What they share is here: [`database`] (a fresh database, real and durable),
//! [`floors`] (livechats in full swing), [`stock`] and [`bare`] (what the journal is compared with), [`latency`],
//! [`crowd`] (people at real sockets), [`table`] (the figures).
//!
//! A benchmark fails by panicking.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a benchmark fails by panicking")]

pub mod bare;
pub mod crowd;
pub mod database;
pub mod floors;
pub mod history;
pub mod latency;
pub mod spent;
pub mod stock;
pub mod table;

/// That of the program: what is measured here is measured as it runs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
