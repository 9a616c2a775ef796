//! The journal. Each file is a chapter; each test runs on SQLite and on PostgreSQL.
//!
//! First what every [`store`] promises, also when [`conversations`] are read alone, how its records are chained ([`hash_chain`]) and that others
//! can read them ([`common_format`]), and that whole logs can be checked and carried ([`archive`]). Then what the journal promises over any of them: what becomes of
//! [`commands`], repeated ones ([`repeat`]), subscriptions ([`follow`]), what [`failure`] does and does
//! not do, or a [`refusal`] of the database, what [`damage`] stops, [`timers`] and a
//! [`stepped_clock`], how livechats leave [`memory`] and come back from
//! [`snapshots`], and the glue of cqrs-es ([`framework`]). Last the language of these tests:
//! [`story`] for bare records, [`floor`] for a livechat in a journal.

mod archive;
mod commands;
mod common_format;
mod conversations;
mod damage;
mod extremes;
mod failure;
mod floor;
mod follow;
mod framework;
mod hash_chain;
mod memory;
mod refusal;
mod repeat;
mod snapshots;
mod stepped_clock;
mod store;
pub(crate) mod story;
mod timers;
