//! SQLite: a file of its own for each slot, one connection that writes, eight that read.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use domain::Timestamp;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Connection, Row, Sqlite, SqliteConnection, SqlitePool};

use super::column_values::JSON_VERSION;
use super::decoder::Cell;
use super::encoder::EPOCH_MICROS;
use super::table::Kind;
use crate::encoding;
use crate::error::Error;
use crate::slot::{Location, Slot};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/projections/sqlite");

/// Another process may hold the file for the length of one batch.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Exports and questions that read very many rows keep seven of them busy at most.
const READERS: u32 = 8;
/// The suffix of the lock file that shows which processes use a database file.
const LOCK: &str = ".lock";
/// How many rows a statement takes: as many as go, then as many of the rest.
pub(super) const ROWS_PER_STATEMENT: [usize; 5] = [256, 64, 16, 4, 1];
/// Statements that are kept prepared: for each table and size its own.
const STATEMENTS: usize = 512;
/// 64 MiB (a negative number is in KiB): the inner pages of every index stay in memory.
const WRITER_CACHE: &str = "-65536";

/// Creates the pointer.
pub(super) const POINTER: &str = include_str!("../../../migrations/pointer/sqlite.sql");

/// Opens a slot, created if missing, and brings its tables up to date.
pub(super) async fn open(url: &str, location: Location) -> Result<(SqlitePool, SqlitePool), Error> {
    let (writer, readers) = connect(options(url, location)?.create_if_missing(true)).await?;
    MIGRATIONS.run(&writer).await?;
    Ok((writer, readers))
}

/// Opens a slot as it is; nothing when it does not exist.
pub(super) async fn existing(
    url: &str,
    location: Location,
) -> Result<Option<(SqlitePool, SqlitePool)>, Error> {
    let options = options(url, location)?;
    if !options.get_filename().is_file() {
        return Ok(None);
    }
    let (writer, readers) = connect(options).await?;
    let migrated = "SELECT count(*) > 0 FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let is_there: bool = sqlx::query_scalar(migrated).fetch_one(&readers).await?;
    if is_there {
        return Ok(Some((writer, readers)));
    }
    readers.close().await;
    writer.close().await;
    Ok(None)
}

/// How the file of a slot is opened.
pub(super) fn options(url: &str, location: Location) -> Result<SqliteConnectOptions, Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT);
    let file = file(options.get_filename(), location);
    Ok(options.filename(file))
}

/// The file of a slot: `views.db`, `views-green.db`.
fn file(blue: &Path, location: Location) -> PathBuf {
    if location.suffix().is_empty() {
        return blue.to_owned();
    }
    let mut name = blue.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{}", location.suffix()));
    if let Some(extension) = blue.extension() {
        name.push(".");
        name.push(extension);
    }
    blue.with_file_name(name)
}

async fn connect(options: SqliteConnectOptions) -> Result<(SqlitePool, SqlitePool), Error> {
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    let writing = options.clone().pragma("cache_size", WRITER_CACHE).statement_cache_capacity(STATEMENTS);
    let writer = pool().max_connections(1).connect_with(writing).await?;
    journal::permissions::warn_if_shared(options.get_filename());
    let readers = pool().max_connections(READERS).connect_with(options.pragma("query_only", "ON")).await?;
    Ok((writer, readers))
}

/// The migrations that this program knows.
pub(super) fn migrations() -> Vec<i64> {
    MIGRATIONS.iter().map(|migration| migration.version).collect()
}

/// Empties a slot, all at once or not at all; the pointer stays as it is.
pub(super) async fn wipe(url: &str, location: Location) -> Result<(), Error> {
    // A virtual table takes its own tables with it, which cannot be dropped by themselves.
    // Views first: a migration that renames a table reads them all, and fails over one whose tables are gone.
    const NEXT: &str = "SELECT type, name FROM sqlite_master
        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'pointer'
        ORDER BY type = 'view' DESC, sql LIKE 'CREATE VIRTUAL%' DESC LIMIT 1";
    // Without foreign keys a table is dropped without deleting its rows first.
    let options = options(url, location)?.create_if_missing(true).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let next = || sqlx::query_as::<_, (String, String)>(NEXT);
    while let Some((kind, name)) = next().fetch_optional(&mut *transaction).await? {
        sqlx::query(&format!("DROP {kind} \"{name}\"")).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

/// Deletes the files of a slot.
pub(super) fn remove(url: &str, location: Location) -> Result<(), Error> {
    let file = options(url, location)?.get_filename().to_owned();
    for ending in ["", "-wal", "-shm", LOCK] {
        let mut name = file.clone().into_os_string();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Database(sqlx::Error::Io(error)));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Creates the pointer if it is missing.
pub(super) async fn create_pointer(url: &str) -> Result<(), Error> {
    let options = options(url, Location::Slot(Slot::Blue))?.create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::raw_sql(POINTER).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Keeps others from using the slot as long as the file is open; with `shared`, only from emptying it. It
/// is a file of its own: SQLite drops its locks when any code in the process closes its file.
pub(super) fn claim(url: &str, location: Location, shared: bool) -> Result<File, Error> {
    let place = options(url, location)?.get_filename().to_owned();
    let mut lock = place.clone().into_os_string();
    lock.push(LOCK);
    let open = File::options().create(true).truncate(false).write(true).open(lock);
    let file = open.map_err(sqlx::Error::Io)?;
    let locked = if shared { file.try_lock_shared() } else { file.try_lock() };
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(place.display().to_string())),
        Err(TryLockError::Error(error)) => Err(Error::Database(sqlx::Error::Io(error))),
    }
}

/// A value of a row.
pub(super) fn cell(row: &SqliteRow, index: usize, kind: Kind) -> Result<Cell<'_>, sqlx::Error> {
    Ok(match kind {
        Kind::Text => row.try_get::<Option<&str>, _>(index)?.map_or(Cell::Null, Cell::Text),
        Kind::Integer => row.try_get::<Option<i64>, _>(index)?.map_or(Cell::Null, Cell::Number),
        Kind::Flag => row.try_get::<Option<bool>, _>(index)?.map_or(Cell::Null, Cell::Flag),
        Kind::Json => row.try_get::<Option<&str>, _>(index)?.map_or(Cell::Null, Cell::Json),
        Kind::Time => match row.try_get::<Option<&str>, _>(index)? {
            None => Cell::Null,
            Some(text) => {
                let at: Timestamp = text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
                Cell::Number(at.timestamp_millis())
            }
        },
    })
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments<'q>>;

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
                .and_then(|micros| Timestamp::from_timestamp_micros(micros + EPOCH_MICROS));
            query.bind(at.as_ref().map(encoding::millis::text))
        }
        Kind::Flag => query.bind(value.map(|bytes| bytes != [0])),
        Kind::Json => query.bind(value.and_then(|bytes| bytes.strip_prefix(&[JSON_VERSION])).and_then(text)),
    }
}
