//! PostgreSQL: the schema `projections` of the database that holds the log.

use std::str::FromStr;

use journal::store::pool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgListener};
use sqlx::{Connection, PgConnection, PgPool};

use super::statements::names;
use super::{Dialect, Rows};
use crate::error::Error;
use crate::projection::{Column, Kind, Table};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/projections/postgres");

/// Everything read in a transaction is of the same moment.
pub(super) const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// One that writes, another for when the first hangs on a server that went silent, and one that waits for
/// its end.
const WRITERS: u32 = 3;
const READERS: u32 = 8;
/// "projecti" in ASCII: two servers that start together make the schema one after the other.
const SCHEMA_LOCK: i64 = 0x7072_6f6a_6563_7469;

pub(super) async fn open(url: &str) -> Result<(PgPool, PgPool), Error> {
    let options = PgConnectOptions::from_str(url)?;
    create_schema(&options).await?;
    let options = options.options([("search_path", "projections")]);
    let writing = options.clone().options([
        // A crash takes back rows and checkpoint together; the log is not concerned.
        ("synchronous_commit", "off"),
        // A plan made for an empty table must not outlive its growth, and compiling one takes longer
        // than running it.
        ("plan_cache_mode", "force_custom_plan"),
        ("jit", "off"),
    ]);
    let writer = pool(WRITERS).connect_with(writing).await?;
    MIGRATIONS.run(&writer).await?;
    let readers = pool(READERS).connect_with(options).await?;
    Ok((writer, readers))
}

/// A connection that does nothing.
pub(super) async fn listen(writer: &PgPool) -> Result<PgListener, Error> {
    let mut listener = PgListener::connect_with(writer).await?;
    listener.eager_reconnect(false);
    Ok(listener)
}

async fn create_schema(options: &PgConnectOptions) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK).execute(&mut *transaction).await?;
    sqlx::query("CREATE SCHEMA IF NOT EXISTS projections").execute(&mut *transaction).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

pub(super) const DIALECT: Dialect = Dialect { row, incoming, moment: "::timestamptz" };

fn row(table: Table) -> String {
    let fields: Vec<String> =
        table.columns.iter().map(|Column { name, .. }| format!("'{name}', {}.{name}", table.name)).collect();
    format!("json_build_object({})::text", fields.join(", "))
}

fn incoming(columns: &[Column], _rows: usize) -> String {
    let names = names(columns).join(", ");
    let array = |(column, number): (&Column, usize)| format!("${number}::{}[]", name_of(column.kind));
    let arrays: Vec<String> = columns.iter().zip(1..).map(array).collect();
    format!("SELECT {names} FROM unnest({}) AS incoming ({names})", arrays.join(", "))
}

const fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "bigint",
        Kind::Time => "timestamptz",
        Kind::Flag => "boolean",
        Kind::Json => "jsonb",
    }
}

/// The COPY that takes these rows.
pub(super) fn copy(rows: &Rows) -> String {
    format!(
        "COPY {} ({}) FROM STDIN WITH (FORMAT binary)",
        rows.table.name,
        names(&rows.columns()).join(", ")
    )
}

/// Classes 22 (data), 23 (integrity) and 54 (limits): the content, not the moment.
pub(super) fn refuses_content(code: &str) -> bool {
    ["22", "23", "54"].iter().any(|class| code.starts_with(class))
}
