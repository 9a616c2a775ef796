//! The append-only log.
pub mod recorded;
pub use recorded::{Position, Recorded};
