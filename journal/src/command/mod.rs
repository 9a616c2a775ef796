//! The way of a command, from its livechat to its receipt. [`execute`](execute()) is all of it, step by step; each step
//! is a method of [`turn::Turn`].
//!
//! What comes after it has been queued is in [`writer`](crate::writer): batches are appended, published and answered in
//! order.

pub(crate) mod append_queue;
mod context;
mod execute;
mod idempotency;
mod receipt;
mod turn;

pub(crate) use context::Context;
pub(crate) use execute::execute;
pub use receipt::Receipt;
