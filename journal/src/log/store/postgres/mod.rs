//! The log in PostgreSQL: one COPY per batch for the events, one statement for the heads, in one
//! transaction.
//!
//! COPY in the binary format is the cheapest way in: it takes whole pages at a time, needs no arrays to be
//! built and taken apart, and PostgreSQL stores the first rows while the last are being sent.

mod dialect;
mod pages;
mod rows;

use std::borrow::Cow;
use std::str::FromStr;

use async_trait::async_trait;
use cqrs_es::Aggregate;
use domain::{Livechat, LivechatId, Timestamp};
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor, PgPool, Transaction};

use self::pages::PostgresPages;
use self::rows::push;
use super::connection::{READERS, pool};
use super::copy::CopyWriter;
use super::dialect::{Value, execute, row};
use super::error::StoreError;
use super::moves::{Move, by_livechat, moves};
use super::reader::{Reader, head_of};
use super::snapshot::Snapshot;
use super::snapshots::{KeepsSnapshots, SAVE_NEWEST, StateSnapshots, values};
use super::sql::{self, to_sql};
use super::traits::{Head, Read, Store};
use super::writer_connection::Writer;
use crate::log::entry::{Entry, WakeUp};
use crate::log::record::Position;

const COPY: &str = "
COPY events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
             recorded_at, conversation_id, hash) FROM STDIN (FORMAT binary)";

const CREATE_HEADS: &str = "
INSERT INTO heads (livechat, sequence, hash, wake_at, attended)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[], $5::boolean[])
ON CONFLICT DO NOTHING";

const MOVE_HEADS: &str = "
UPDATE heads SET sequence = batch.last, hash = batch.hash, wake_at = batch.wake_at, attended = batch.attended
FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[], $5::boolean[], $6::bigint[])
     AS batch (livechat, last, hash, wake_at, attended, expected)
WHERE heads.livechat = batch.livechat AND heads.sequence = batch.expected";

const SETTLED_HEAD: &str = sql::head!(" FOR SHARE");

/// Notes which records concern which conversation, from the mark of each livechat on.
const NOTE: &str = "
WITH batch AS (
    SELECT moved.livechat, moved.last, coalesce(mark.sequence, 0) AS mark
    FROM unnest($1::text[], $2::bigint[]) AS moved (livechat, last)
    LEFT JOIN conversation_marks AS mark ON mark.livechat = moved.livechat
), marked AS (
    INSERT INTO conversation_marks (livechat, sequence) SELECT livechat, last FROM batch
    ON CONFLICT (livechat) DO UPDATE SET sequence = excluded.sequence
)
INSERT INTO conversation_records (conversation_id, livechat, sequences)
SELECT conversation_id, batch.livechat, array_agg(sequence)
FROM batch CROSS JOIN LATERAL (
    SELECT conversation_id, sequence FROM events
    WHERE aggregate_type = $3 AND aggregate_id = batch.livechat AND sequence > batch.mark AND sequence <= batch.last
      AND conversation_id IS NOT NULL
) AS new
GROUP BY conversation_id, batch.livechat";

/// The role that can add events and not change any; see `migrations/log/postgres/0004_role.sql`.
const ROLE: &str = "pupitre_log";

/// The log is read by its keys: a plan that was made while it was short must not read all of it once it is long.
const BY_KEY: &str = "SET enable_seqscan = off";

/// A reader waits for a lock when somebody gave up on an append that the server goes on with.
const PATIENCE: &str = "SET lock_timeout = '5s'";

/// Bytes of rows sent at once: enough to be cheap, few enough that PostgreSQL soon has something to do.
const CHUNK_BYTES: usize = 64 * 1024;

/// Connections that write: the one of the batches, and another for the rest and for when the first hangs on a
/// server that went silent.
const WRITERS: u32 = 2;

/// A log in a PostgreSQL database.
pub struct PostgresStore {
    /// Writes batches.
    writer: Writer<sqlx::Postgres>,
    /// Writes what does not wait for them.
    others: PgPool,
    reader: Reader<sqlx::Postgres>,
}

impl PostgresStore {
    /// Connects to `postgres://…` and brings the tables up to date.
    ///
    /// # Errors
    /// When the database cannot be reached or its tables brought up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?;
        let mut connection = PgConnection::connect_with(&options).await?;
        sqlx::migrate!("../migrations/log/postgres").run(&mut connection).await?;
        let humble = may_take_role(&mut connection).await?;
        if !humble {
            tracing::warn!(role = ROLE, "the role does not exist; the server keeps the rights of its user");
        }
        connection.close().await?;
        let connect = |connections, manner: &'static [&'static str]| {
            pool(connections)
                .after_connect(move |connection: &mut PgConnection, _| {
                    Box::pin(async move {
                        for setting in manner {
                            connection.execute(*setting).await?;
                        }
                        if humble {
                            connection.execute(format!("SET ROLE {ROLE}").as_str()).await?;
                        }
                        Ok(())
                    })
                })
                .connect_lazy_with(options.clone())
        };
        let (others, pool) = (connect(WRITERS, &[BY_KEY]), connect(READERS, &[BY_KEY, PATIENCE]));
        let reader = Reader { pages: PostgresPages(pool.clone()), pool };
        Ok(Self { writer: Writer::of(others.clone()), others, reader })
    }

    async fn write_batch(
        tx: &mut Transaction<'_, sqlx::Postgres>,
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        let steps = moves(entries);
        let (new, known): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.expected == 0);
        Self::move_heads(tx, &new, CREATE_HEADS, false).await?;
        Self::move_heads(tx, &known, MOVE_HEADS, true).await?;
        let mut copy = tx.copy_in_raw(COPY).await?;
        let mut rows = CopyWriter::begin(CHUNK_BYTES + CHUNK_BYTES / 4);
        for entry in by_livechat(entries) {
            push(&mut rows, entry);
            if rows.len() >= CHUNK_BYTES {
                copy.send(rows.take()).await?;
            }
        }
        copy.send(rows.finish()).await?;
        copy.finish().await.map_err(blame)?;
        Self::note_conversations(tx, &steps).await
    }

    async fn move_heads(
        tx: &mut Transaction<'_, sqlx::Postgres>,
        steps: &[&Move<'_>],
        statement: &'static str,
        from: bool,
    ) -> Result<(), StoreError> {
        if steps.is_empty() {
            return Ok(());
        }
        let column = |step: &&Move<'_>| to_sql(step.last.position);
        let mut query = sqlx::query(statement)
            .bind(steps.iter().map(|step| step.last.livechat.as_str()).collect::<Vec<_>>())
            .bind(steps.iter().map(column).collect::<Vec<i64>>())
            .bind(steps.iter().map(|step| step.last.hash.as_slice()).collect::<Vec<_>>())
            .bind(steps.iter().map(|step| step.last.wake_up.wake_at).collect::<Vec<_>>())
            .bind(steps.iter().map(|step| step.last.wake_up.attended).collect::<Vec<_>>());
        if from {
            query = query.bind(steps.iter().map(|step| to_sql(step.expected)).collect::<Vec<i64>>());
        }
        let moved = query.execute(&mut **tx).await.map_err(blame)?.rows_affected();
        if moved == steps.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    async fn note_conversations(
        tx: &mut Transaction<'_, sqlx::Postgres>,
        steps: &[Move<'_>],
    ) -> Result<(), StoreError> {
        let (livechats, ends): (Vec<_>, Vec<_>) = steps
            .iter()
            .filter(|step| step.is_to_be_noted())
            .map(|step| (step.last.livechat.as_str(), to_sql(step.last.position)))
            .unzip();
        if !livechats.is_empty() {
            let query = sqlx::query(NOTE).bind(livechats).bind(ends).bind(Livechat::TYPE);
            query.execute(&mut **tx).await.map_err(blame)?;
        }
        Ok(())
    }
}

/// Is the role there, and may this user take it?
async fn may_take_role(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT coalesce((SELECT pg_has_role(oid, 'MEMBER') AND has_table_privilege(oid, 'events', 'INSERT')
                          FROM pg_roles WHERE rolname = $1), false)",
    )
    .bind(ROLE)
    .fetch_one(connection)
    .await
}

/// Whose fault an error is. A record that is there already is another writer's; a value or a constraint
/// is that of the batch.
fn blame(error: sqlx::Error) -> StoreError {
    const UNIQUE_VIOLATION: &str = "23505";
    let code = error.as_database_error().and_then(DatabaseError::code).map(Cow::into_owned);
    match code.as_deref() {
        Some(UNIQUE_VIOLATION) => StoreError::Conflict,
        Some(code) if code.starts_with("22") || code.starts_with("23") => StoreError::Refused(error),
        Some(_) | None => StoreError::Database(error),
    }
}

#[async_trait]
impl KeepsSnapshots for PostgresStore {
    type Dialect = sqlx::Postgres;

    fn readers(&self) -> &PgPool {
        &self.reader.pool
    }

    /// Beside the batches.
    async fn write(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        execute(&self.reader.pool, sql, values).await
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut writer = self.writer.take().await?;
        let mut tx = writer.connection().begin().await?;
        let done = Self::write_batch(&mut tx, entries).await;
        let ended = match &done {
            Ok(()) => tx.commit().await.map_err(blame),
            Err(_) => tx.rollback().await.map_err(StoreError::from),
        };
        if ended.is_ok() {
            writer.give_back();
        }
        done.and(ended)
    }

    async fn settled_head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
        // A batch locks the heads that it moves before anything else. What is not born yet has none; all that
        // can be under way is its birth, and nothing else is decided on that.
        let row = row(&self.reader.pool, SETTLED_HEAD, &[Value::Text(livechat.as_str())]).await?;
        Ok(row.as_ref().map(head_of::<sqlx::Postgres>).transpose()?.flatten())
    }

    fn read(&self) -> &dyn Read {
        &self.reader
    }

    fn state_snapshots(&self) -> Option<&dyn StateSnapshots> {
        Some(self)
    }

    async fn update_wake_up(
        &self,
        livechat: &LivechatId,
        position: Position,
        wake_up: WakeUp,
    ) -> Result<(), StoreError> {
        let values = sql::wake_up(livechat, position, wake_up);
        execute(&self.others, sql::UPDATE_WAKE_UP, &values).await.map(drop)
    }

    async fn save_snapshot(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.write(SAVE_NEWEST, &values(livechat, snapshot)).await.map(drop)
    }

    async fn record_heartbeat(&self, at: Timestamp) -> Result<(), StoreError> {
        execute(&self.others, sql::HEARTBEAT, &[Value::Time(Some(at))]).await.map(drop)
    }

    async fn close(&self) {
        self.reader.pool.close().await;
        self.writer.close().await;
    }
}
