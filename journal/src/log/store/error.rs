//! Why a store did not do what it was asked.

use std::path::PathBuf;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The head of one of the livechats was not where the writer expected it: somebody else wrote.
    #[error("another writer appended to one of these livechats")]
    Conflict,
    /// The database refuses something in the batch, and would again: a value or a constraint. Nothing of
    /// the batch was written.
    #[error("the database refuses what it is given: {0}")]
    Refused(sqlx::Error),
    /// The database did not answer, or answered with an error. Whether the batch was written is unknown.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database did not answer in time. Whether the batch was written is unknown.
    #[error("the database has not answered for {0:?}")]
    Silent(std::time::Duration),
    /// The file of the log could not be read.
    #[error("the file of the log cannot be read: {0}")]
    File(#[from] rusqlite::Error),
    /// The last batch, seconds ago, could not be written.
    #[error("the database could not be written a moment ago")]
    Failing,
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The address names no database that Pupitre knows.
    #[error("{0} is neither sqlite://FILE nor postgres://…")]
    UnknownDatabase(String),
    /// A log was to be read, and there is none.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// Something else is where a log should be.
    #[error("{place} is not a log: {why}")]
    NotALog {
        /// Where.
        place: String,
        /// What it is.
        why: &'static str,
    },
    /// The file of the log could not be looked at.
    #[error("the file of the log: {0}")]
    Io(#[from] std::io::Error),
}

impl StoreError {
    /// Is it certain that nothing was written, and the fault that of something in the batch?
    pub const fn blames_the_batch(&self) -> bool {
        matches!(self, Self::Conflict | Self::Refused(_))
    }
}
