//! The log in SQLite: one writer connection, a pool of readers, WAL, and every commit on the disk
//! before it returns (`synchronous=FULL`).

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat};
use cqrs_es::Aggregate;
use domain::{ConversationId, Instant, Livechat, LivechatId};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{Connection, SqlitePool, Transaction};

use super::reader::reader;
use super::{Head, READERS, Read, Store, StoreError, Stored, moves, pool, sql, to_sql};
use crate::entry::{Entry, Outlook};
use crate::recorded::Position;
use crate::snapshot::Snapshot;

/// Bytes in a page. A row takes about 500; with twice the usual 4,096, fewer pages are written twice.
const PAGE_BYTES: u32 = 8_192;

/// Pages in the write-ahead log before its content is moved into the file: 64 MiB, since a page that
/// changed often is moved only once.
const CHECKPOINT_PAGES: &str = "8192";

/// What the writer keeps in memory of the file: the negative number of KiB.
const WRITER_CACHE: &str = "-65536";

/// What each reader keeps in memory of the file.
const READER_CACHE: &str = "-8192";

/// Rows per INSERT, largest first: few different statements, so that each stays prepared.
const ROWS_PER_STATEMENT: [usize; 5] = [512, 128, 32, 8, 1];

/// An instant as it is stored: in milliseconds since 1970.
type Stamp = i64;

const fn stamp(at: Instant) -> Stamp {
    at.timestamp_millis()
}

const fn moment(stamp: Stamp) -> Option<Instant> {
    DateTime::from_timestamp_millis(stamp)
}

const CREATE_HEAD: &str = "
INSERT INTO heads (livechat, sequence, hash, wake_at, attended) SELECT $1, $2, $3, $4, $5 WHERE $6 = 0
ON CONFLICT DO NOTHING";

const MOVE_HEAD: &str = "
UPDATE heads SET sequence = $2, hash = $3, wake_at = $4, attended = $5 WHERE livechat = $1 AND sequence = $6";

reader!(SqlitePool, SqliteRow);

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
            .page_size(PAGE_BYTES)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .busy_timeout(Duration::from_secs(10));
        let writer = pool(1).connect_with(options.clone().pragma("cache_size", WRITER_CACHE)).await?;
        sqlx::migrate!("../migrations/log/sqlite").run(&writer).await?;
        let options = options.pragma("cache_size", READER_CACHE).read_only(true);
        let reader = Reader { pool: pool(READERS).connect_with(options).await? };
        let inserts = ROWS_PER_STATEMENT.map(|rows| (rows, insert(rows))).to_vec();
        Ok(Self { writer, reader, inserts })
    }

    async fn move_heads(tx: &mut Transaction<'_, sqlx::Sqlite>, entries: &[Entry]) -> Result<(), StoreError> {
        for step in moves(entries) {
            let last = step.last;
            let statement = if step.expected == 0 { CREATE_HEAD } else { MOVE_HEAD };
            let moved = sqlx::query(statement)
                .bind(last.livechat.as_str())
                .bind(to_sql(last.position))
                .bind(last.hash.as_slice())
                .bind(last.outlook.wake_at.map(stamp))
                .bind(last.outlook.attended)
                .bind(to_sql(step.expected))
                .execute(&mut **tx)
                .await
                .map_err(blame)?
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
                        .bind(entry.event_type.as_ref())
                        .bind(entry.event_version.as_ref())
                        .bind(&entry.payload)
                        .bind(&entry.metadata)
                        .bind(entry.recorded_at.to_rfc3339_opts(SecondsFormat::Millis, true))
                        .bind(entry.conversation.map(|id| id.0))
                        .bind(entry.hash.as_slice());
                }
                query.execute(&mut **tx).await.map_err(blame)?;
            }
        }
        Ok(())
    }
}

/// Whose fault an error is. A record that is there already is another writer's; a constraint is that of
/// the batch.
fn blame(error: sqlx::Error) -> StoreError {
    use sqlx::error::ErrorKind;
    match error.as_database_error().map(sqlx::error::DatabaseError::kind) {
        Some(ErrorKind::UniqueViolation) => StoreError::Conflict,
        Some(ErrorKind::NotNullViolation | ErrorKind::CheckViolation) => StoreError::Refused(error),
        Some(_) | None if is_abort(&error) => StoreError::Refused(error),
        Some(_) | None => StoreError::Database(error),
    }
}

/// Did a trigger refuse it?
fn is_abort(error: &sqlx::Error) -> bool {
    const CONSTRAINT_TRIGGER: &str = "1811";
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == CONSTRAINT_TRIGGER)
}

/// An INSERT of so many rows.
fn insert(rows: usize) -> String {
    let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    format!(
        "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, \
         recorded_at, conversation_id, hash) VALUES {}",
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

    fn read(&self) -> &dyn Read {
        &self.reader
    }

    async fn foresee(
        &self,
        livechat: &LivechatId,
        position: Position,
        outlook: Outlook,
    ) -> Result<(), StoreError> {
        sqlx::query(sql::FORESEE)
            .bind(livechat.as_str())
            .bind(to_sql(position))
            .bind(outlook.wake_at.map(stamp))
            .bind(outlook.attended)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn keep(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError> {
        sqlx::query(sql::KEEP)
            .bind(livechat.as_str())
            .bind(to_sql(snapshot.position))
            .bind(snapshot.version)
            .bind(&snapshot.record_hash)
            .bind(&snapshot.checksum)
            .bind(&snapshot.state)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn beat(&self) -> Result<(), StoreError> {
        sqlx::query(sql::BEAT).execute(&self.writer).await?;
        Ok(())
    }

    async fn close(&self) {
        self.reader.pool.close().await;
        self.writer.close().await;
    }
}
