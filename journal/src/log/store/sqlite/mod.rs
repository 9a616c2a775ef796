//! The log in SQLite: one writer connection, a pool of readers, WAL, and every commit on the disk
//! before it returns (`synchronous=FULL`).

mod checkpoints;
mod dialect;
mod pages;

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use cqrs_es::Aggregate;
use domain::{Livechat, LivechatId, Timestamp, with_millis};
use sqlx::error::DatabaseError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqlitePool, Transaction};

use self::checkpoints::Checkpoints;
use self::pages::SqlitePages;
use super::connection::{BUSY_MAX, READER_CACHE, READERS, pool};
use super::dialect::{Dialect, Value, statement};
use super::error::StoreError;
use super::moves::{Move, by_livechat, moves};
use super::reader::{Reader, head_of};
use super::snapshot::Snapshot;
use super::snapshots::{KeepsSnapshots, SAVE_NEWEST, StateSnapshots, values};
use super::sql::{self, to_sql};
use super::traits::{Head, Read, Store};
use super::writer_connection::Writer;
use crate::log::entry::{Entry, WakeUp, hex};
use crate::log::record::Position;
use crate::permissions::warn_if_shared;

/// Bytes in a page. A row takes about 500; with twice the usual 4,096, fewer pages are written twice.
const PAGE_BYTES: u32 = 8_192;

/// Pages in the write-ahead log before its content is moved into the file: 64 MiB, since a page that
/// changed often is moved only once.
const CHECKPOINT_PAGES: &str = "8192";

/// What the writer keeps in memory of the file: the negative number of KiB.
const WRITER_CACHE: &str = "-65536";

/// Rows per INSERT, largest first: few different statements, so that each stays prepared.
const ROWS_PER_STATEMENT: [usize; 5] = [512, 128, 32, 8, 1];

/// The heads of a batch come as one JSON array of `[livechat, position, hash, wake_at, attended, expected]`:
/// one statement for a thousand livechats.
const CREATE_HEADS: &str = "
INSERT INTO heads (livechat, sequence, hash, wake_at, attended)
SELECT value ->> 0, value ->> 1, unhex(value ->> 2), value ->> 3, value ->> 4 FROM json_each($1) WHERE true
ON CONFLICT DO NOTHING";

const MOVE_HEADS: &str = "
UPDATE heads SET sequence = batch.last, hash = batch.hash, wake_at = batch.wake_at, attended = batch.attended
FROM (SELECT value ->> 0 AS livechat, value ->> 1 AS last, unhex(value ->> 2) AS hash, value ->> 3 AS wake_at,
             value ->> 4 AS attended, value ->> 5 AS expected FROM json_each($1)) AS batch
WHERE heads.livechat = batch.livechat AND heads.sequence = batch.expected";

/// Notes which records concern which conversation, from the mark of each livechat on; the livechats come as
/// one JSON array of `[livechat, last]`. A row that is there already was made from a part of the same records.
const NOTE: &str = "
INSERT INTO conversation_records (conversation_id, livechat, first, sequences)
SELECT conversation_id, aggregate_id, min(events.sequence), json_group_array(events.sequence)
FROM json_each($1) AS batch
LEFT JOIN conversation_marks AS mark ON mark.livechat = batch.value ->> 0
CROSS JOIN events
WHERE aggregate_type = $2 AND aggregate_id = batch.value ->> 0 AND events.sequence > coalesce(mark.sequence, 0)
  AND events.sequence <= batch.value ->> 1 AND conversation_id IS NOT NULL
GROUP BY conversation_id, aggregate_id
ON CONFLICT DO UPDATE SET sequences = excluded.sequences";

const MARK: &str = "
INSERT INTO conversation_marks (livechat, sequence)
SELECT value ->> 0, value ->> 1 FROM json_each($1) WHERE true
ON CONFLICT DO UPDATE SET sequence = excluded.sequence";

/// The one row is named: SQLite gives an integer key the next number, whatever its default is.
const HEARTBEAT: &str = "
INSERT INTO pulse (one, beats, at) VALUES (1, 1, $1)
ON CONFLICT (one) DO UPDATE SET beats = pulse.beats + 1, at = excluded.at";

/// A log in a SQLite file.
pub struct SqliteStore {
    writer: Writer<sqlx::Sqlite>,
    reader: Reader<sqlx::Sqlite>,
    inserts: Vec<(usize, String)>,
    /// Until it is closed, by who moves the write-ahead log into the file.
    checkpoints: Mutex<Option<Checkpoints>>,
}

impl SqliteStore {
    /// Opens or creates the file at `sqlite://FILE`.
    ///
    /// # Errors
    /// When the file cannot be opened or its tables brought up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let checkpoints = Checkpoints::take(SqliteConnectOptions::from_str(url)?.get_filename());
        Self::with(url, checkpoints).await
    }

    /// Opens the file beside its writer, for good.
    pub(super) async fn beside(url: &str) -> Result<Self, StoreError> {
        Self::with(url, None).await
    }

    async fn with(url: &str, checkpoints: Option<Checkpoints>) -> Result<Self, StoreError> {
        let pages_before_checkpoint = if checkpoints.is_some() { CHECKPOINT_PAGES } else { "0" };
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .page_size(PAGE_BYTES)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", pages_before_checkpoint)
            .busy_timeout(BUSY_MAX);
        let writer = pool(1).connect_with(options.clone().pragma("cache_size", WRITER_CACHE)).await?;
        warn_if_shared(options.get_filename());
        sqlx::migrate!("../migrations/log/sqlite").run(&writer).await?;
        let options = options.pragma("cache_size", READER_CACHE).read_only(true);
        let pages = SqlitePages::of(options.get_filename().to_owned());
        let reader = Reader { pool: pool(READERS).connect_with(options).await?, pages };
        let inserts = ROWS_PER_STATEMENT.map(|rows| (rows, insert(rows))).to_vec();
        let checkpoints = Mutex::new(checkpoints);
        Ok(Self { writer: Writer::of(writer), reader, inserts, checkpoints })
    }

    async fn write_batch(
        &self,
        tx: &mut Transaction<'_, sqlx::Sqlite>,
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        let steps = moves(entries);
        let (new, known): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.expected == 0);
        Self::move_heads(tx, &new, CREATE_HEADS).await?;
        Self::move_heads(tx, &known, MOVE_HEADS).await?;
        self.insert_entries(tx, entries).await?;
        Self::note_conversations(tx, &steps).await
    }

    async fn move_heads(
        tx: &mut Transaction<'_, sqlx::Sqlite>,
        steps: &[&Move<'_>],
        statement: &'static str,
    ) -> Result<(), StoreError> {
        if steps.is_empty() {
            return Ok(());
        }
        let heads: Vec<_> = steps.iter().map(|step| row(step)).collect();
        let heads = serde_json::Value::from(heads).to_string();
        let moved = sqlx::query(statement).bind(heads).execute(&mut **tx).await.map_err(blame)?;
        if moved.rows_affected() == steps.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    async fn note_conversations(
        tx: &mut Transaction<'_, sqlx::Sqlite>,
        steps: &[Move<'_>],
    ) -> Result<(), StoreError> {
        let moved: Vec<_> = steps
            .iter()
            .filter(|step| step.is_to_be_noted())
            .map(|step| serde_json::json!([step.last.livechat, step.last.position]))
            .collect();
        if !moved.is_empty() {
            let moved = serde_json::Value::from(moved).to_string();
            sqlx::query(NOTE).bind(&moved).bind(Livechat::TYPE).execute(&mut **tx).await.map_err(blame)?;
            sqlx::query(MARK).bind(&moved).execute(&mut **tx).await.map_err(blame)?;
        }
        Ok(())
    }

    async fn insert_entries(
        &self,
        tx: &mut Transaction<'_, sqlx::Sqlite>,
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        let ordered = by_livechat(entries);
        let mut rest = &ordered[..];
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
                        .bind(with_millis(entry.recorded_at, str::to_owned))
                        .bind(entry.conversation.map(|id| id.0))
                        .bind(entry.hash.as_slice());
                }
                query.execute(&mut **tx).await.map_err(blame)?;
            }
        }
        Ok(())
    }
}

/// A head for [`CREATE_HEADS`] and [`MOVE_HEADS`].
fn row(step: &Move<'_>) -> serde_json::Value {
    let last = step.last;
    let WakeUp { wake_at, attended } = last.wake_up;
    serde_json::json!([
        last.livechat,
        last.position,
        hex(&last.hash),
        wake_at.map(|at| at.timestamp_millis()),
        attended,
        step.expected
    ])
}

/// Whose fault an error is. A record that is there already is another writer's; a constraint is that of
/// the batch.
fn blame(error: sqlx::Error) -> StoreError {
    use sqlx::error::ErrorKind;
    match error.as_database_error().map(DatabaseError::kind) {
        Some(ErrorKind::UniqueViolation) => StoreError::Conflict,
        Some(ErrorKind::NotNullViolation | ErrorKind::CheckViolation) => StoreError::Refused(error),
        Some(_) | None if is_abort(&error) => StoreError::Refused(error),
        Some(_) | None => StoreError::Database(error),
    }
}

/// Did a trigger refuse it?
fn is_abort(error: &sqlx::Error) -> bool {
    const CONSTRAINT_TRIGGER: &str = "1811";
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == CONSTRAINT_TRIGGER)
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
impl KeepsSnapshots for SqliteStore {
    type Dialect = sqlx::Sqlite;

    fn readers(&self) -> &SqlitePool {
        &self.reader.pool
    }

    /// Between two batches.
    async fn write(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut writer = self.writer.take().await?;
        let concerned =
            <sqlx::Sqlite as Dialect>::execute(statement(sql, values), writer.connection()).await?;
        writer.give_back();
        Ok(concerned)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut writer = self.writer.take().await?;
        let mut tx = writer.connection().begin_with("BEGIN IMMEDIATE").await?;
        let done = self.write_batch(&mut tx, entries).await;
        let ended = match &done {
            Ok(()) => tx.commit().await,
            Err(_) => tx.rollback().await,
        };
        if ended.is_ok() {
            writer.give_back();
        }
        done.and(ended.map_err(StoreError::from))
    }

    async fn settled_head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
        // There is one connection that appends, and what was begun on it is over once it is free.
        let mut writer = self.writer.take().await?;
        let row =
            sqlx::query(sql::HEAD).bind(livechat.as_str()).fetch_optional(&mut *writer.connection()).await?;
        writer.give_back();
        Ok(row.as_ref().map(head_of::<sqlx::Sqlite>).transpose()?.flatten())
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
        self.write(sql::UPDATE_WAKE_UP, &sql::wake_up(livechat, position, wake_up)).await.map(drop)
    }

    async fn save_snapshot(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.write(SAVE_NEWEST, &values(livechat, snapshot)).await.map(drop)
    }

    async fn record_heartbeat(&self, at: Timestamp) -> Result<(), StoreError> {
        self.write(HEARTBEAT, &[Value::Time(Some(at))]).await.map(drop)
    }

    async fn close(&self) {
        self.reader.pages.close();
        self.reader.pool.close().await;
        self.writer.close().await;
        self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
