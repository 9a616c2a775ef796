//! SQLite: one file of its own, one connection that writes, four that read.

use std::str::FromStr;
use std::time::Duration;

use domain::Instant;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqlitePool};

use super::Dialect;
use super::columns::JSON_VERSION;
use super::encoder::EPOCH_MICROS;
use crate::error::Error;
use crate::format;
use crate::projection::{Column, Kind, Table};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/projections/sqlite");

/// Another process may hold the file for the length of one batch.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
/// How many rows a statement takes: as many as go, then as many of the rest.
pub(super) const ROWS_PER_STATEMENT: [usize; 5] = [256, 64, 16, 4, 1];
/// Statements that are kept prepared: for each table and size its own.
const STATEMENTS: usize = 512;
/// 64 MiB (a negative number is in KiB): the inner pages of every index stay in memory.
const WRITER_CACHE: &str = "-65536";

pub(super) async fn open(url: &str) -> Result<(SqlitePool, SqlitePool), Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT);
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    let writing = options.clone().pragma("cache_size", WRITER_CACHE).statement_cache_capacity(STATEMENTS);
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
            Kind::Flag => format!("'{name}', json(iif({}.{name}, 'true', 'false'))", table.name),
            Kind::Json => format!("'{name}', json({}.{name})", table.name),
        })
        .collect();
    format!("json_object({})", fields.join(", "))
}

fn incoming(columns: &[Column], rows: usize) -> String {
    let name = |(column, number): (&Column, usize)| format!("column{number} AS {}", column.name);
    let names: Vec<String> = columns.iter().zip(1..).map(name).collect();
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    format!("SELECT {} FROM (VALUES {})", names.join(", "), vec![row; rows].join(", "))
}

type Query<'q> = sqlx::query::QueryScalar<'q, Sqlite, String, SqliteArguments<'q>>;

/// Gives a statement a value as SQLite keeps it, or nothing when it is missing.
pub(super) fn bind<'q>(query: Query<'q>, kind: Kind, value: Option<&'q [u8]>) -> Query<'q> {
    let number = |value: &[u8]| value.first_chunk().map(|bytes| i64::from_be_bytes(*bytes));
    let text = |value: &'q [u8]| std::str::from_utf8(value).ok();
    match kind {
        Kind::Text => query.bind(value.and_then(text)),
        Kind::Integer => query.bind(value.and_then(number)),
        Kind::Time => {
            let at = value
                .and_then(number)
                .and_then(|micros| Instant::from_timestamp_micros(micros + EPOCH_MICROS));
            query.bind(at.as_ref().map(format::millis::text))
        }
        Kind::Flag => query.bind(value.map(|bytes| bytes != [0])),
        Kind::Json => query.bind(value.and_then(|bytes| bytes.strip_prefix(&[JSON_VERSION])).and_then(text)),
    }
}

/// Constraint, too big, wrong type: the content, not the moment.
pub(super) fn refuses_content(code: &str) -> bool {
    const TOO_BIG: u32 = 18;
    const CONSTRAINT: u32 = 19;
    const MISMATCH: u32 = 20;
    // The low byte of an extended code is the primary one.
    code.parse::<u32>().is_ok_and(|code| [TOO_BIG, CONSTRAINT, MISMATCH].contains(&(code & 0xff)))
}
