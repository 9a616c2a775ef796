//! PostgreSQL: the schema `projections` of the database that holds the log, and `projections_green` beside it.

use std::str::FromStr;

use journal::store::pool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgListener, PgRow};
use sqlx::{Connection, PgConnection, PgPool, Row, ValueRef};

use super::column_values::JSON_VERSION;
use super::decoder::Cell;
use super::encoder::EPOCH_MICROS;
use super::row_buffer::Rows;
use super::table::{Kind, names};
use crate::error::Error;
use crate::slot::{Location, Slot};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/projections/postgres");

/// All reads in a transaction see the same snapshot.
pub(super) const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Those that bring rows up to date, another for when one hangs on a server that went silent, and one that waits
/// for its end.
const WRITERS: u32 = 4;

/// How many bring rows up to date at once: a batch keeps a process of PostgreSQL busy twice as long as the
/// program that makes it.
pub(super) const WRITERS_CATCHING_UP: usize = 2;

const READERS: u32 = 8;
/// The schema of the blue slot.
const BLUE: &str = "projections";
const MICROS_PER_MILLI: i64 = 1_000;
/// "projecti" in ASCII: two servers that start together make the schema one after the other.
const SCHEMA_LOCK: i64 = 0x7072_6f6a_6563_7469;

/// Creates the pointer.
pub(super) const POINTER: &str = include_str!("../../../migrations/pointer/postgres.sql");

/// The schema of a slot.
pub(super) fn schema(location: Location) -> String {
    match location.suffix() {
        "" => BLUE.to_owned(),
        suffix => format!("{BLUE}_{suffix}"),
    }
}

/// Opens a slot, created if missing, and brings its tables up to date.
pub(super) async fn open(url: &str, location: Location) -> Result<(PgPool, PgPool), Error> {
    let options = PgConnectOptions::from_str(url)?;
    alone(&options, &[&format!("CREATE SCHEMA IF NOT EXISTS {}", schema(location))]).await?;
    let (writer, readers) = connect(options, location).await?;
    MIGRATIONS.run(&writer).await?;
    Ok((writer, readers))
}

/// Opens a slot as it is; nothing when it does not exist.
pub(super) async fn existing(url: &str, location: Location) -> Result<Option<(PgPool, PgPool)>, Error> {
    let options = PgConnectOptions::from_str(url)?;
    let mut connection = PgConnection::connect_with(&options).await?;
    let migrated = "SELECT to_regclass($1) IS NOT NULL";
    let is_there: bool = sqlx::query_scalar(migrated)
        .bind(format!("{}._sqlx_migrations", schema(location)))
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    if is_there { connect(options, location).await.map(Some) } else { Ok(None) }
}

async fn connect(options: PgConnectOptions, location: Location) -> Result<(PgPool, PgPool), Error> {
    let search_path = schema(location);
    let options = options.options([
        ("search_path", &search_path[..]),
        // A plan made for an empty table must not outlive its growth, nor a generic plan be used for a rare value; and
        // compiling a plan takes longer than running it.
        ("plan_cache_mode", "force_custom_plan"),
        ("jit", "off"),
    ]);
    // A crash loses rows and checkpoint together; the log is not affected.
    let writing = options.clone().options([("synchronous_commit", "off")]);
    let writer = pool(WRITERS).connect_with(writing).await?;
    // Statistics of a table that grows are late, and what is read is mostly in memory: where an index serves a
    // question, it is taken, and in its order.
    let reading = options.options([("enable_seqscan", "off"), ("random_page_cost", "1")]);
    let readers = pool(READERS).connect_with(reading).await?;
    Ok((writer, readers))
}

/// The migrations that this program knows.
pub(super) fn migrations() -> Vec<i64> {
    MIGRATIONS.iter().map(|migration| migration.version).collect()
}

/// Empties a slot, all at once or not at all; the pointer stays as it is.
pub(super) async fn wipe(url: &str, location: Location) -> Result<(), Error> {
    let schema = schema(location);
    let drop = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
    let options = PgConnectOptions::from_str(url)?;
    if location != Location::Slot(Slot::Blue) {
        return alone(&options, &[&drop]).await;
    }
    let aside = format!("{schema}_aside");
    let statements = [
        format!("CREATE SCHEMA IF NOT EXISTS {schema}"),
        POINTER.to_owned(),
        format!("CREATE SCHEMA {aside}"),
        format!("ALTER TABLE {schema}.pointer SET SCHEMA {aside}"),
        drop,
        format!("CREATE SCHEMA {schema}"),
        format!("ALTER TABLE {aside}.pointer SET SCHEMA {schema}"),
        format!("DROP SCHEMA {aside}"),
    ];
    alone(&options, &statements.each_ref().map(String::as_str)).await
}

/// Creates the pointer if it is missing.
pub(super) async fn create_pointer(url: &str) -> Result<(), Error> {
    let schema = format!("CREATE SCHEMA IF NOT EXISTS {BLUE}");
    alone(&PgConnectOptions::from_str(url)?, &[&schema, POINTER]).await
}

/// An idle connection that keeps the slot from being emptied.
pub(super) async fn listen(writer: &PgPool, location: Location) -> Result<PgListener, Error> {
    let mut listener = PgListener::connect_with(writer).await?;
    listener.eager_reconnect(false);
    let locked: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock_shared($1)")
        .bind(use_lock(location))
        .fetch_one(&mut listener)
        .await?;
    if locked { Ok(listener) } else { Err(Error::Busy(schema(location))) }
}

/// A connection that keeps others from using the slot; with `shared`, only from emptying it.
pub(super) async fn claim(url: &str, location: Location, shared: bool) -> Result<PgConnection, Error> {
    let mut connection = PgConnection::connect(url).await?;
    let lock = if shared { "pg_try_advisory_lock_shared" } else { "pg_try_advisory_lock" };
    let locked: bool = sqlx::query_scalar(&format!("SELECT {lock}($1)"))
        .bind(use_lock(location))
        .fetch_one(&mut connection)
        .await?;
    if locked { Ok(connection) } else { Err(Error::Busy(schema(location))) }
}

const fn use_lock(location: Location) -> i64 {
    i64::from_be_bytes(match location {
        Location::Slot(Slot::Blue) => *b"prj-blue",
        Location::Slot(Slot::Green) => *b"prj-gree",
        Location::Scratch => *b"prj-scra",
    })
}

/// Changes schemas in one transaction, one program after the other.
async fn alone(options: &PgConnectOptions, statements: &[&str]) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK).execute(&mut *transaction).await?;
    for statement in statements {
        sqlx::raw_sql(statement).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

/// A value of a row.
pub(super) fn cell(row: &PgRow, index: usize, kind: Kind) -> Result<Cell<'_>, sqlx::Error> {
    let value = row.try_get_raw(index)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
    let number = || bytes.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    let text = |bytes| str::from_utf8(bytes).map_err(|error| sqlx::Error::Decode(error.into()));
    Ok(match kind {
        Kind::Text => Cell::Text(text(bytes)?),
        Kind::Integer => Cell::Number(number()),
        Kind::Time => Cell::Number((number() + EPOCH_MICROS).div_euclid(MICROS_PER_MILLI)),
        Kind::Flag => Cell::Flag(bytes != [0]),
        Kind::Json => Cell::Json(text(bytes.strip_prefix(&[JSON_VERSION]).unwrap_or(bytes))?),
    })
}

/// The COPY that takes these rows.
pub(super) fn copy(rows: &Rows) -> String {
    format!("COPY {} ({}) FROM STDIN WITH (FORMAT binary)", rows.table.name, names(&rows.columns()))
}
