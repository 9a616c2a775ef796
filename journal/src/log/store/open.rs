//! Opens the log at an address.

use std::str::FromStr;
use std::sync::Arc;

use sqlx::sqlite::SqliteConnectOptions;

use super::Store;
use super::error::StoreError;
use super::existing::{self, Expect};
use super::postgres::PostgresStore;
use super::sqlite::SqliteStore;

/// Opens the log at `sqlite://FILE` or `postgres://…`, and brings its tables up to date.
///
/// # Errors
/// When the address is of neither kind, or the database cannot be opened; [`StoreError::NotALog`] when it is that of
/// another program.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url.starts_with("sqlite:") {
        look_at_file(url, Expect::LogOrNothing).await?;
        Ok(Arc::new(SqliteStore::open(url).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Arc::new(PostgresStore::open(url).await?))
    } else {
        Err(StoreError::UnknownDatabase(url.to_owned()))
    }
}

/// Opens a log that is there already, beside a server that may be writing to it, so that a slip in the address is an
/// error and not a new database.
///
/// # Errors
/// As [`open`], [`StoreError::Missing`] when a `sqlite://` address names no file, and [`StoreError::NotALog`] when there
/// is no log in what it names.
pub async fn open_existing(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url.starts_with("sqlite:") {
        look_at_file(url, Expect::Log).await?;
        return Ok(Arc::new(SqliteStore::beside(url).await?));
    }
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        existing::in_postgres(url).await?;
    }
    open(url).await
}

async fn look_at_file(url: &str, expect: Expect) -> Result<(), StoreError> {
    let file = SqliteConnectOptions::from_str(url)?.get_filename().to_owned();
    let looked = tokio::task::spawn_blocking(move || existing::in_file(&file, expect));
    looked.await.map_err(|_| StoreError::from(sqlx::Error::WorkerCrashed))?
}
