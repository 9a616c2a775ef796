//! State snapshots: livechats as they were all along their logs, kept so that any time is near one of them.
//!
//! [`content`] is the content of a snapshot, [`last`](last()) finds the one to start from, and
//! [`create`](mod@create) creates them.
//!
//! Invariant: an answer is the same with snapshots and without. A snapshot is used only if it was created by code of
//! the same versions, its checksum fits, and its record is in the log with the same hash; otherwise the previous one is
//! tried, and finally the beginning of the log.

pub mod content;
pub mod create;
mod last;

pub use content::version;
pub use create::{Pace, Progress, create};
pub use last::{last, usable};
