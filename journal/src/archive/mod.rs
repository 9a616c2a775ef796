//! Whole logs, from outside: are they whole ([`verify`](verify()), [`status`](status())), and how do they get
//! to a file and back ([`export`](export()), [`import`](import()))?
//!
//! Read [`checks`] (what a record in order is, besides the chain), [`pages`] (how a log is read), [`record_line`] (a
//! record in a file) and [`file_reader`] (a file of them), then the four uses.
//!
//! Invariant: nothing here goes through a [`Journal`](crate::Journal) or needs a server, and nothing is
//! carried, in either direction, whose chain does not hold. Memory is bounded by two pages, however long a
//! log is; only where each livechat ends is kept per livechat.

mod checks;
mod error;
mod export;
mod file_reader;
mod import;
mod logs;
mod pages;
mod progress;
pub mod record_line;
mod status;
mod verify;

pub use crate::log::chain::{Defect, Problem};
pub use error::Error;
pub use export::{Exported, Target, export};
pub use import::{Imported, import};
pub use logs::{Logs, logs};
pub use progress::Progress;
pub use status::{LogStatus, status};
pub use verify::{Verified, verify};
