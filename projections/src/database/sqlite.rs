//! SQLite: one file of its own, one connection that writes, four that read.

use std::str::FromStr;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::Dialect;
use crate::error::Error;
use crate::projection::{Column, Kind, Table};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/projections/sqlite");

/// Another process may hold the file for the length of one batch.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
/// 64 MiB (a negative number is in KiB): the inner pages of every index stay in memory.
const WRITER_CACHE: &str = "-65536";

pub(super) async fn open(url: &str) -> Result<(SqlitePool, SqlitePool), Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT);
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    let writing = options.clone().pragma("cache_size", WRITER_CACHE);
    let writer = pool().max_connections(1).connect_with(writing).await?;
    MIGRATIONS.run(&writer).await?;
    let readers = pool().max_connections(READERS).connect_with(options.pragma("query_only", "ON")).await?;
    Ok((writer, readers))
}

pub(super) const DIALECT: Dialect = Dialect { row, incoming, moment: "" };

fn row(table: Table) -> String {
    let fields: Vec<String> = table
        .columns
        .iter()
        .map(|Column { name, kind }| match kind {
            Kind::Text | Kind::Integer | Kind::Time => format!("'{name}', {}.{name}", table.name),
            Kind::Json => format!("'{name}', json({}.{name})", table.name),
        })
        .collect();
    format!("json_object({})", fields.join(", "))
}

fn incoming(_table: Table, columns: &[Column]) -> String {
    let values: Vec<String> = columns
        .iter()
        .map(|Column { name, kind }| match kind {
            Kind::Text | Kind::Integer | Kind::Time => format!("value ->> '$.{name}' AS {name}"),
            Kind::Json => format!("nullif(value -> '$.{name}', 'null') AS {name}"),
        })
        .collect();
    format!("SELECT {} FROM json_each($1)", values.join(", "))
}

/// Constraint, too big, wrong type: the content, not the moment.
pub(super) fn refuses_content(code: &str) -> bool {
    const TOO_BIG: u32 = 18;
    const CONSTRAINT: u32 = 19;
    const MISMATCH: u32 = 20;
    // The low byte of an extended code is the primary one.
    code.parse::<u32>().is_ok_and(|code| [TOO_BIG, CONSTRAINT, MISMATCH].contains(&(code & 0xff)))
}
