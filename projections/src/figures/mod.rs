//! Answers: how much, how fast, how well, in any period (spec.md §History, audit, analysts: figures)?
//!
//! Pure functions over history rows: [`definitions`] is the table of figures, `aggregate` counts
//! rows, [`buckets`] cuts a period into hours and days of the livechat, [`report`] is the answer. What is not
//! over yet is read from the board in the same transaction, up to a `now` that the caller brings.
//!
//! Where a row counts: a contact in the hour of its request, an assignment in the hour in which it began, a survey in
//! the hour in which it was asked, each with its whole outcome. Samples that are compared with the period (online,
//! in a status, in conversation) are clipped to it. What an operator did in a contact counts for that operator, no
//! matter with whom the contact began ([`crate::floor::shares`]). So every sum over hours, operators or skills is the
//! total.

mod aggregate;
pub mod buckets;
mod concurrency;
mod count;
pub mod definitions;
pub mod document;
pub mod in_memory;
mod inputs;
mod query;
mod read;
pub mod report;
mod samples;
pub mod today;

pub use definitions::Figure;
pub use in_memory::InMemory;
pub use query::{DAYS_MAX, Edge, HOURS_DAYS_MAX, Query, ROWS_MAX, Refusal};
pub(crate) use read::read;
pub use samples::Value;
pub use today::Today;
