//! The log in SQLite: one writer connection, a pool of readers, WAL, and every commit on the disk
//! before it returns (`synchronous=FULL`).

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use chrono::SecondsFormat;
use cqrs_es::Aggregate;
use cqrs_es::persist::SerializedEvent;
use domain::{ConversationId, Livechat, LivechatId};
use sqlite_es::SqliteEventRepository;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Connection, SqlitePool, Transaction};

use super::reader::reader;
use super::{Head, Store, StoreError, moves, sql, to_sql};
use crate::entry::Entry;
use crate::recorded::Position;

/// Rows per INSERT, largest first: few different statements, so that each stays prepared.
const ROWS_PER_STATEMENT: [usize; 5] = [512, 128, 32, 8, 1];

reader!(SqlitePool, SqliteRow, SqliteEventRepository);

/// A log in a SQLite file.
pub struct SqliteStore {
    writer: SqlitePool,
    reader: Reader,
    inserts: Vec<(usize, String)>,
}

impl SqliteStore {
    /// Opens or creates the file at `sqlite://FILE`.
    ///
    /// # Errors
    /// When the file cannot be opened or its tables brought up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        let pool =
            |connections| SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false);
        let writer = pool(1).connect_with(options.clone()).await?;
        sqlx::migrate!("../migrations/log/sqlite").run(&writer).await?;
        let reader = Reader::over(pool(4).connect_with(options.read_only(true)).await?);
        let inserts = ROWS_PER_STATEMENT.map(|rows| (rows, insert(rows))).to_vec();
        Ok(Self { writer, reader, inserts })
    }

    async fn move_heads(tx: &mut Transaction<'_, sqlx::Sqlite>, entries: &[Entry]) -> Result<(), StoreError> {
        for step in moves(entries) {
            let moved = if step.expected == 0 {
                sqlx::query(
                    "INSERT INTO heads (livechat, sequence, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                )
                .bind(step.livechat.as_str())
                .bind(to_sql(step.last))
                .bind(step.hash.as_slice())
            } else {
                sqlx::query("UPDATE heads SET sequence = $2, hash = $3 WHERE livechat = $1 AND sequence = $4")
                    .bind(step.livechat.as_str())
                    .bind(to_sql(step.last))
                    .bind(step.hash.as_slice())
                    .bind(to_sql(step.expected))
            }
            .execute(&mut **tx)
            .await?
            .rows_affected();
            if moved != 1 {
                return Err(StoreError::Conflict);
            }
        }
        Ok(())
    }

    async fn insert_entries(
        &self,
        tx: &mut Transaction<'_, sqlx::Sqlite>,
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        let mut rest = entries;
        for (rows, statement) in &self.inserts {
            while rest.len() >= *rows {
                let (now, later) = rest.split_at(*rows);
                rest = later;
                let mut query = sqlx::query(statement);
                for entry in now {
                    query = query
                        .bind(Livechat::TYPE)
                        .bind(entry.livechat.as_str())
                        .bind(to_sql(entry.position))
                        .bind(entry.event_type)
                        .bind(entry.event_version)
                        .bind(&entry.payload)
                        .bind(&entry.metadata)
                        .bind(entry.recorded_at.to_rfc3339_opts(SecondsFormat::Millis, true))
                        .bind(entry.conversation.map(|id| id.to_string()))
                        .bind(entry.hash.as_slice());
                }
                query.execute(&mut **tx).await?;
            }
        }
        Ok(())
    }
}

/// An INSERT of so many rows.
fn insert(rows: usize) -> String {
    let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    format!(
        "INSERT INTO events ({}, recorded_at, conversation_id, hash) VALUES {}",
        sql::COLUMNS,
        vec![row; rows].join(", ")
    )
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await?;
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        Self::move_heads(&mut tx, entries).await?;
        self.insert_entries(&mut tx, entries).await?;
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
