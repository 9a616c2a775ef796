//! The projections over a real SQLite file and a real PostgreSQL, fed with a log that the rules
//! themselves made up: what the tables hold is what the folds say, whatever the batches, the crashes
//! and the deliveries.

mod board;
mod exactly_once;
pub(crate) mod fake_log;
mod following;
mod list;
mod live_board;
mod operation;
mod participation;
mod questions;
mod rows;
pub(crate) mod scratch;
mod search;
pub(crate) mod story;
