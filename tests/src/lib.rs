//! What the tests stand on.
//!
//! [`postgres`] finds or starts a PostgreSQL, [`store`] gives a test an empty log in each database,
//! and [`faulty`] makes a log fail or wait on demand. The tests themselves are one binary,
//! `tests/specification`, whose folders are its table of contents.
//!
//! [`server`] is a real server in this process, and [`actors`] the people of a livechat who use it over
//! HTTP, `WebSocket`s and event streams.
//!
//! [`log`](mod@log) writes whole logs, and all that is made of a log, straight into a store.
//!
//! [`many`] writes conversations by the thousand straight into the tables of the projections.
//!
//! [`process`] is the program in a process of its own, to be killed.
//!
//! [`decoders`] are the laws of everything that reads what others wrote, for any bytes at all.
//!
//! Nothing here sleeps to synchronise: a test waits for what it wants to see, at most
//! [`PATIENCE`](patience::PATIENCE).

#![expect(clippy::expect_used, clippy::panic, clippy::missing_panics_doc, reason = "tests fail by panicking")]

pub mod actors;
pub mod authority;
pub mod decoders;
pub mod faulty;
pub mod log;
pub mod mailbox;
pub mod many;
pub mod patience;
pub mod postgres;
pub mod process;
pub mod server;
pub mod store;
