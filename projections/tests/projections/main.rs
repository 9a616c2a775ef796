//! The projections over a real SQLite file and a real PostgreSQL, fed with a log that the rules
//! themselves made up: what the tables hold is what the folds say, whatever the batches, the crashes
//! and the deliveries.

#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not what tests call")]

mod board;
mod exactly_once;
mod following;
mod postgres;
mod questions;
mod rows;
mod scratch;
mod speed;
mod story;
