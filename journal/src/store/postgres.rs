//! The log in PostgreSQL: one statement per batch for the events, one for the heads, in one
//! transaction.

use std::str::FromStr;

use async_trait::async_trait;
use cqrs_es::Aggregate;
use cqrs_es::persist::SerializedEvent;
use domain::{ConversationId, Livechat, LivechatId};
use postgres_es::PostgresEventRepository;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{PgPool, Transaction};

use super::reader::reader;
use super::{Head, Move, Store, StoreError, moves, to_sql};
use crate::entry::Entry;
use crate::recorded::Position;

const INSERT: &str = "
INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                    recorded_at, conversation_id, hash)
SELECT $1, livechat, sequence, event_type, event_version, payload::json, metadata::json,
       recorded_at, conversation_id, hash
FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::timestamptz[], $9::text[], $10::bytea[])
     AS batch (livechat, sequence, event_type, event_version, payload, metadata,
               recorded_at, conversation_id, hash)";

const CREATE_HEADS: &str = "
INSERT INTO heads (livechat, sequence, hash)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])
ON CONFLICT DO NOTHING";

const MOVE_HEADS: &str = "
UPDATE heads SET sequence = batch.last, hash = batch.hash
FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[]) AS batch (livechat, last, hash, expected)
WHERE heads.livechat = batch.livechat AND heads.sequence = batch.expected";

reader!(PgPool, PgRow, PostgresEventRepository);

/// A log in a PostgreSQL database.
pub struct PostgresStore {
    writer: PgPool,
    reader: Reader,
}

impl PostgresStore {
    /// Connects to `postgres://…` and brings the tables up to date.
    ///
    /// # Errors
    /// When the database cannot be reached or its tables brought up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?;
        let pool = |connections| PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
        let writer = pool(1).connect_with(options.clone()).await?;
        sqlx::migrate!("../migrations/log/postgres").run(&writer).await?;
        let reader = Reader::over(pool(4).connect_with(options).await?);
        Ok(Self { writer, reader })
    }

    async fn move_heads(
        tx: &mut Transaction<'_, sqlx::Postgres>,
        steps: &[&Move<'_>],
        statement: &str,
        from: bool,
    ) -> Result<(), StoreError> {
        if steps.is_empty() {
            return Ok(());
        }
        let livechats: Vec<&str> = steps.iter().map(|step| step.livechat.as_str()).collect();
        let last: Vec<i64> = steps.iter().map(|step| to_sql(step.last)).collect();
        let hashes: Vec<&[u8]> = steps.iter().map(|step| step.hash.as_slice()).collect();
        let mut query = sqlx::query(statement).bind(livechats).bind(last).bind(hashes);
        if from {
            query = query.bind(steps.iter().map(|step| to_sql(step.expected)).collect::<Vec<i64>>());
        }
        let moved = query.execute(&mut **tx).await?.rows_affected();
        if moved == steps.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin().await?;
        let steps = moves(entries);
        let (new, known): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.expected == 0);
        Self::move_heads(&mut tx, &new, CREATE_HEADS, false).await?;
        Self::move_heads(&mut tx, &known, MOVE_HEADS, true).await?;
        sqlx::query(INSERT)
            .bind(Livechat::TYPE)
            .bind(entries.iter().map(|entry| entry.livechat.as_str()).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| to_sql(entry.position)).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| entry.event_type).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| entry.event_version).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| entry.payload.as_str()).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| entry.metadata.as_str()).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| entry.recorded_at).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| entry.conversation.map(|id| id.to_string())).collect::<Vec<_>>())
            .bind(entries.iter().map(|entry| entry.hash.as_slice()).collect::<Vec<_>>())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn load(&self, livechat: &LivechatId, after: Position) -> Result<Vec<SerializedEvent>, StoreError> {
        self.reader.load(livechat, after).await
    }

    async fn page(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<SerializedEvent>, StoreError> {
        self.reader.page(livechat, after, limit).await
    }

    async fn conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<SerializedEvent>, StoreError> {
        self.reader.conversation(livechat, conversation, after, limit).await
    }

    async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
        self.reader.head(livechat).await
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        self.reader.heads().await
    }

    async fn close(&self) {
        self.reader.pool.close().await;
        self.writer.close().await;
    }
}
