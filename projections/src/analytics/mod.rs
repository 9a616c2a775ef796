//! Answers: whatever analysts ask in SQL (spec.md §History, audit, analysts: documented columns, stable
//! names, a read-only role).
//!
//! Tables change with the program; what analysts read are views, whose names and columns stay. One catalogue
//! ([`VIEWS`], a file per view in `views/`) says what each is: from it come the statements of both databases
//! (`definition`), their comments, and the page `ANALYTICS.md` at the top of the repository
//! ([`page()`]).
//!
//! On PostgreSQL the views are in the schema `analytics`; on SQLite they are in the file of the projections
//! and their names begin with `analytics_`. They are created when the projections are opened, unless they exist already
//! in the form of this program and over the tables that are read now: [`install`] creates them again when other tables
//! take their place.
//!
//! Invariant: no role reads a livechat without a grant. A livechat is an island (spec.md §Privacy and
//! security): on PostgreSQL a role sees those that `analytics.grants` gives it, or a role that it inherits
//! from, and none by default. A setting of the session could do the same and would protect nothing: readers
//! set it as they like.

mod catalogue;
mod definition;
mod page;
mod postgres;
mod queries;
mod roles;
mod sqlite;
mod views;

use sqlx::{Connection as _, Executor as _};

use crate::database::{Database, Transaction};
use crate::error::Error;

pub use catalogue::{Column, View};
pub use page::page;
pub use queries::{QUERIES, Query};
pub use roles::{ROLE, ROLE_TEXT};
pub use views::VIEWS;

/// Creates the views over the tables that this database reads and writes now, unless they exist.
///
/// # Errors
/// The database; or, on PostgreSQL, a user-defined view that depends on one that has to be created again.
pub async fn install(database: &Database) -> Result<(), Error> {
    let mut transaction = database.write().await?;
    match &mut transaction {
        Transaction::Sqlite(connection) => on_sqlite(connection).await?,
        Transaction::Postgres(connection) => on_postgres(connection).await?,
    }
    transaction.commit().await
}

/// The same when the projections are opened. Analysts can wait, visitors cannot: a failure is logged and
/// stops nothing.
pub(crate) async fn install_or_log(database: &Database) {
    if let Err(error) = install(database).await {
        tracing::error!(%error, "the views for analysts are not up to date");
    }
}

async fn on_sqlite(connection: &mut sqlx::SqliteConnection) -> Result<(), Error> {
    const MADE: &str = "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'analytics_version'";
    let version = sqlite::version();
    if sqlx::query_scalar(MADE).fetch_one(&mut *connection).await? {
        let known: Option<String> = sqlx::query_scalar("SELECT version FROM analytics_version")
            .fetch_optional(&mut *connection)
            .await?;
        if known.as_ref() == Some(&version) {
            return Ok(());
        }
    }
    let stamp = format!(
        "DROP TABLE IF EXISTS analytics_version;
CREATE TABLE analytics_version (version TEXT NOT NULL) STRICT;
INSERT INTO analytics_version VALUES ('{version}');"
    );
    connection.execute((sqlite::views() + &stamp).as_str()).await?;
    Ok(())
}

/// Which catalogue over which tables, and how many of the roles exist: the comment of the schema.
const STAMP: &str = "
SELECT 'What analysts read, see ANALYTICS.md (' || $1 || ' over ' || current_schema() || ' '
       || CAST(CAST(CAST(current_schema() AS regnamespace) AS oid) AS text) || ', roles: '
       || (SELECT count(*) FROM pg_roles WHERE rolname IN ($2, $3)) || ')'";

/// Is everything there under this stamp?
const MADE: &str = "
SELECT coalesce(obj_description(CAST(to_regnamespace('analytics') AS oid), 'pg_namespace') = $1, false)
       AND (SELECT count(*) FROM pg_views WHERE schemaname = 'analytics') >= $2";

async fn on_postgres(connection: &mut sqlx::PgConnection) -> Result<(), Error> {
    sqlx::query(postgres::LOCK).execute(&mut *connection).await?;
    let before = stamp(connection).await?;
    let views = i64::try_from(VIEWS.len()).unwrap_or(i64::MAX);
    let made: bool = sqlx::query_scalar(MADE).bind(&before).bind(views).fetch_one(&mut *connection).await?;
    if !made {
        connection.execute(postgres::before().as_str()).await?;
        let mut attempt = connection.begin().await?;
        if attempt.execute(postgres::views().as_str()).await.is_ok() {
            attempt.commit().await?;
        } else {
            // They differ from those in place in more than new columns at the end.
            attempt.rollback().await?;
            connection.execute(postgres::drop_views().as_str()).await?;
            connection.execute(postgres::views().as_str()).await?;
        }
        connection.execute(postgres::after().as_str()).await?;
        let stamp = stamp(connection).await?.replace('\'', "''");
        connection.execute(format!("COMMENT ON SCHEMA analytics IS '{stamp}'").as_str()).await?;
    }
    let roles: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_roles WHERE rolname IN ($1, $2)")
        .bind(ROLE)
        .bind(ROLE_TEXT)
        .fetch_one(connection)
        .await?;
    if roles < 2 {
        tracing::warn!(
            to_run = %format!("CREATE ROLE {ROLE} NOLOGIN; CREATE ROLE {ROLE_TEXT} NOLOGIN;"),
            "the roles for analysts are not there and cannot be created: an administrator of PostgreSQL makes \
             them, and the next start gives them their rights"
        );
    }
    Ok(())
}

async fn stamp(connection: &mut sqlx::PgConnection) -> Result<String, Error> {
    let version = postgres::version();
    Ok(sqlx::query_scalar(STAMP).bind(version).bind(ROLE).bind(ROLE_TEXT).fetch_one(connection).await?)
}
