//! Deferred indexes: a slot that is filled from the first event on, and that nobody reads yet, gets its indexes once
//! its rows are there. Sorting all keys once takes a fraction of the time of inserting one after the other.
//!
//! Which indexes are deferred is stored in the slot itself, so that they are created in the end, even after a crash.
//! Primary keys stay: rows are found by them, and none can be there twice.

use futures::future::try_join;
use sqlx::{Executor, PgPool};

use crate::error::Error;

/// Memory for the sorting of one index, in the words of PostgreSQL.
const MEMORY: &str = "SET LOCAL maintenance_work_mem = '256MB'";

/// Every index of the slot that no constraint needs.
const NOTE: &str = "INSERT INTO deferred_indexes (name, definition) \
     SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i \
     JOIN pg_class AS c ON c.oid = i.indexrelid \
     WHERE c.relnamespace = current_schema()::regnamespace \
     AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid) \
     RETURNING name";

/// Drops the indexes of a slot, to be created later.
pub(super) async fn defer(writer: &PgPool) -> Result<(), Error> {
    let mut transaction = writer.begin().await?;
    let names: Vec<String> = sqlx::query_scalar(NOTE).fetch_all(&mut *transaction).await?;
    if !names.is_empty() {
        let drop = format!("DROP INDEX {}", names.join(", "));
        transaction.execute(&drop[..]).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The next that nobody is creating. The index of words comes first: it takes the longest, and would otherwise be
/// created last, alone.
const NEXT: &str = "DELETE FROM deferred_indexes WHERE name = \
     (SELECT name FROM deferred_indexes ORDER BY definition NOT LIKE '% USING gin %', name LIMIT 1 \
     FOR UPDATE SKIP LOCKED) RETURNING definition";

/// Creates the deferred indexes, two at a time: each keeps a process of PostgreSQL busy.
pub(super) async fn create_deferred(writer: &PgPool) -> Result<(), Error> {
    try_join(create_one_by_one(writer), create_one_by_one(writer)).await?;
    Ok(())
}

async fn create_one_by_one(writer: &PgPool) -> Result<(), Error> {
    loop {
        let mut transaction = writer.begin().await?;
        let next: Option<String> = sqlx::query_scalar(NEXT).fetch_optional(&mut *transaction).await?;
        let Some(definition) = next else { return Ok(()) };
        transaction.execute(MEMORY).await?;
        transaction.execute(&definition[..]).await?;
        transaction.commit().await?;
    }
}
