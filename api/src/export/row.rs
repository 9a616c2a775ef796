//! A row that is exported, and why an export ends before its end.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::task::JoinError;

/// A row: a value per column.
pub(super) type Row = Map<String, Value>;

/// A time as rows hold it.
pub(super) fn time(text: &str) -> Result<DateTime<Utc>, Cut> {
    Ok(DateTime::parse_from_rfc3339(text)?.to_utc())
}

/// Why an export ends early: the response is then cut off, and does not look like a shorter file.
#[derive(Debug, thiserror::Error)]
pub enum Cut {
    /// The rows cannot be read.
    #[error(transparent)]
    Queries(#[from] projections::Error),
    /// A row does not match its table.
    #[error("a row cannot be read: {0}")]
    Row(#[from] serde_json::Error),
    /// A time cannot be read.
    #[error("a time cannot be read: {0}")]
    Time(#[from] chrono::ParseError),
    /// A value is of another type than its column.
    #[error("the column {0} holds something else")]
    Type(&'static str),
    /// The text cannot be written.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The columns cannot be written.
    #[error(transparent)]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// Writing did not finish.
    #[error(transparent)]
    Task(#[from] JoinError),
}
