//! The databases a log can live in. A store only appends and reads; it decides nothing.
//!
//! Read [`traits`] (what a store does), then [`sqlite`] and [`postgres`]. What they share is in [`reader`] and
//! [`snapshots`], which speak to each database through its [`dialect`]; [`copy`] is the binary form of rows that
//! PostgreSQL takes.
//!
//! Invariant: an append is one transaction, which also moves the head of each livechat from where the
//! writer expected it. Reading is in pages, so that memory does not grow with the length of a log.
//!
//! The same conformance suite (`tests/tests/specification/journal`) runs on each.

mod connection;
pub mod copy;
mod dialect;
mod error;
mod existing;
mod link;
mod moves;
mod open;
mod pages;
mod postgres;
mod reader;
mod records;
mod records_error;
mod snapshot;
mod snapshots;
mod sql;
mod sqlite;
mod stored_record;
mod traits;
mod writer_connection;

pub use connection::pool;
pub use error::StoreError;
pub use open::{open, open_existing};
pub use postgres::PostgresStore;
pub use records::{Chain, Records, Then};
pub(crate) use records::{PageAfter, with_before};
pub use records_error::RecordsError;
pub use snapshot::{Snapshot, SnapshotInfo, Unusable};
pub use snapshots::StateSnapshots;
pub use sqlite::SqliteStore;
pub use stored_record::{Linked, PAGE_BYTES, StoredRecord, StoredRecordRef, is_full};
pub use traits::{Head, Read, Store};
