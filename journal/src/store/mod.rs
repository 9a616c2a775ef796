//! The databases a log can live in. A store only appends and reads; it decides nothing.
//!
//! The same conformance suite (`tests/tests/specification/journal`) runs on each.

mod postgres;
mod reader;
mod sql;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use cqrs_es::persist::SerializedEvent;
use domain::{ConversationId, LivechatId};

use crate::entry::{Entry, Hash};
use crate::recorded::Position;

pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The head of one of the livechats was not where the writer expected it: somebody else wrote.
    #[error("another writer appended to one of these livechats")]
    Conflict,
    /// The database did not answer, or answered with an error. Whether the batch was written is unknown.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database did not answer in time. Whether the batch was written is unknown.
    #[error("the database has not answered for {0:?}")]
    Silent(std::time::Duration),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The event repository failed.
    #[error("the log could not be read: {0}")]
    Repository(#[from] cqrs_es::persist::PersistenceError),
    /// The address names no database that Pupitre knows.
    #[error("{0} is neither sqlite://FILE nor postgres://…")]
    UnknownDatabase(String),
}

/// Where a livechat's log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose log.
    pub livechat: LivechatId,
    /// The position of its last record.
    pub position: Position,
    /// The hash of its last record.
    pub hash: Hash,
}

/// An append-only log in a database.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Appends all entries in one transaction, and moves each livechat's head from the position before
    /// its first entry to its last. Entries of one livechat are contiguous and in order.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a head was elsewhere; nothing is written then. After any other
    /// error it is not known whether the batch was written.
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError>;

    /// Every record of a livechat after a position, through the event repository of cqrs-es.
    async fn load(&self, livechat: &LivechatId, after: Position) -> Result<Vec<SerializedEvent>, StoreError>;

    /// At most `limit` records of a livechat after a position.
    async fn page(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<SerializedEvent>, StoreError>;

    /// At most `limit` records of one conversation after a position.
    async fn conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<SerializedEvent>, StoreError>;

    /// Where one livechat's log ends; `None` when it has none.
    async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError>;

    /// Where every livechat's log ends.
    async fn heads(&self) -> Result<Vec<Head>, StoreError>;

    /// Waits for readers and writers to finish, and lets go of the database.
    async fn close(&self);
}

/// Opens the log at `sqlite://FILE` or `postgres://…`, and brings its tables up to date.
///
/// # Errors
/// When the address is of neither kind, or the database cannot be opened.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url.starts_with("sqlite:") {
        Ok(Arc::new(SqliteStore::open(url).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Arc::new(PostgresStore::open(url).await?))
    } else {
        Err(StoreError::UnknownDatabase(url.to_owned()))
    }
}

/// One livechat's part of a batch: from which position its head has to be moved, where to, and to
/// which hash.
struct Move<'a> {
    livechat: &'a LivechatId,
    expected: Position,
    last: Position,
    hash: &'a Hash,
}

/// How a batch moves the heads, one move per livechat.
fn moves(entries: &[Entry]) -> Vec<Move<'_>> {
    let mut moves: Vec<Move<'_>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for entry in entries {
        let place = *places.entry(&entry.livechat).or_insert_with(|| {
            moves.push(Move {
                livechat: &entry.livechat,
                expected: entry.position - 1,
                last: entry.position,
                hash: &entry.hash,
            });
            moves.len() - 1
        });
        if let Some(of) = moves.get_mut(place) {
            of.last = entry.position;
            of.hash = &entry.hash;
        }
    }
    moves
}

/// A signed integer for the database; positions never come near its limit.
fn to_sql(position: Position) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn from_sql(position: i64) -> Position {
    Position::try_from(position).unwrap_or_default()
}

/// A head as read from a row.
fn head_of(livechat: &str, sequence: i64, hash: &[u8]) -> Option<Head> {
    Some(Head {
        livechat: LivechatId::parse(livechat).ok()?,
        position: from_sql(sequence),
        hash: hash.try_into().ok()?,
    })
}
