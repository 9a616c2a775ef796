//! Is there a log at an address? That is looked at before anything is opened for good: to open a log brings its tables
//! up to date, and somebody else's database, named by mistake, must not get any.
//!
//! An empty file is not a log, nor is a database without the tables of one. Only who begins a log, or goes on with
//! one, may find nothing: SQLite itself makes the file before it writes to it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection as _};

use super::connection::BUSY_MAX;
use super::error::StoreError;

/// How a SQLite database begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// What an address has to lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// A log that is there.
    Log,
    /// A log, or nothing yet: a new log may begin there.
    LogOrNothing,
}

/// Looks at a SQLite file.
///
/// # Errors
/// [`StoreError::Missing`] and [`StoreError::NotALog`]; the file.
pub(super) fn in_file(file: &Path, expect: Expect) -> Result<(), StoreError> {
    let not = |why| Err(StoreError::NotALog { place: file.display().to_string(), why });
    let nothing = |why| if expect == Expect::LogOrNothing { Ok(()) } else { not(why) };
    if !file.exists() {
        return if expect == Expect::LogOrNothing {
            Ok(())
        } else {
            Err(StoreError::Missing(file.to_owned()))
        };
    }
    if !file.is_file() {
        return not("it is no file");
    }
    let mut beginning = Vec::with_capacity(MAGIC.len());
    File::open(file)?.take(MAGIC.len() as u64).read_to_end(&mut beginning)?;
    if beginning.is_empty() {
        return nothing("the file is empty");
    }
    if beginning != MAGIC {
        return not("the file is no SQLite database");
    }
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY_MAX)?;
    let has = |condition: &str| {
        let sql = format!("SELECT 1 FROM sqlite_master WHERE {condition} LIMIT 1");
        connection.query_row(&sql, [], |_| Ok(())).optional().map(|row| row.is_some())
    };
    if !has("type = 'table'")? {
        return nothing("the database has no tables");
    }
    if has("name = 'events'")? && has("name = '_sqlx_migrations'")? {
        return Ok(());
    }
    not("it is a database of another program, or of projections")
}

/// Looks at a PostgreSQL database, which has a log.
///
/// # Errors
/// [`StoreError::NotALog`]; the database.
pub(super) async fn in_postgres(url: &str) -> Result<(), StoreError> {
    let options: PgConnectOptions = url.parse()?;
    let mut connection = options.connect().await?;
    let tables = "SELECT to_regclass('events') IS NOT NULL AND to_regclass('_sqlx_migrations') IS NOT NULL";
    let is_log: bool = sqlx::query_scalar(tables).fetch_one(&mut connection).await?;
    connection.close().await?;
    if is_log {
        return Ok(());
    }
    // The address may hold a password.
    let place = options.get_database().unwrap_or("the database").to_owned();
    Err(StoreError::NotALog { place, why: "the database has no log" })
}
