//! The databases a log can live in. A store only appends and reads; it decides nothing.
//!
//! Invariant: an append is one transaction, which also moves the head of each livechat from where the
//! writer expected it. Reading is in pages, so that memory does not grow with the length of a log.
//!
//! The same conformance suite (`tests/tests/specification/journal`) runs on each.

mod copy;
mod existing;
mod link;
mod postgres;
mod reader;
mod sql;
mod sqlite;
mod state_snapshots;
mod stored_record;
mod writer_connection;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::{ConversationId, Instant, LivechatId};
use sqlx::pool::PoolOptions;
use sqlx::sqlite::SqliteConnectOptions;

use self::existing::Expect;
use self::link::Link;
use crate::entry::{Entry, Hash, WakeUp};
use crate::error::Error;
use crate::record::{Chained, Position};
use crate::snapshot::Snapshot;
use crate::upcast::decode;

pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;
pub use state_snapshots::{SnapshotInfo, StateSnapshot, StateSnapshots};
pub use stored_record::{Linked, PAGE_BYTES, StoredRecord, StoredRecordRef, is_full};

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The head of one of the livechats was not where the writer expected it: somebody else wrote.
    #[error("another writer appended to one of these livechats")]
    Conflict,
    /// The database refuses something in the batch, and would again: a value or a constraint. Nothing of
    /// the batch was written.
    #[error("the database refuses what it is given: {0}")]
    Refused(sqlx::Error),
    /// The database did not answer, or answered with an error. Whether the batch was written is unknown.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database did not answer in time. Whether the batch was written is unknown.
    #[error("the database has not answered for {0:?}")]
    Silent(std::time::Duration),
    /// The file of the log could not be read.
    #[error("the file of the log cannot be read: {0}")]
    File(#[from] rusqlite::Error),
    /// The last batch, seconds ago, could not be written.
    #[error("the database could not be written a moment ago")]
    Failing,
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The address names no database that Pupitre knows.
    #[error("{0} is neither sqlite://FILE nor postgres://…")]
    UnknownDatabase(String),
    /// A log was to be read, and there is none.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// Something else is where a log should be.
    #[error("{place} is not a log: {why}")]
    NotALog {
        /// Where.
        place: String,
        /// What it is.
        why: &'static str,
    },
    /// The file of the log could not be looked at.
    #[error("the file of the log: {0}")]
    Io(#[from] std::io::Error),
}

impl StoreError {
    /// Is it certain that nothing was written, and the fault that of something in the batch?
    pub const fn blames_the_batch(&self) -> bool {
        matches!(self, Self::Conflict | Self::Refused(_))
    }
}

/// Why records were not read.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// One of them cannot be decoded.
    #[error("{error}")]
    Record {
        /// Which one.
        position: Position,
        /// Why.
        error: Box<Error>,
    },
}

impl From<rusqlite::Error> for RecordsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
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
    /// What the livechat waits for.
    pub wake_up: WakeUp,
}

/// An append-only log in a database.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Appends all entries in one transaction, and moves each livechat's head from the position before
    /// its first entry to its last, with the wake-up of that one. Entries of one livechat are contiguous
    /// and in order.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a head was elsewhere, [`StoreError::Refused`] when the database
    /// cannot hold an entry; nothing is written then. After any other error it is not known whether the
    /// batch was written.
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError>;

    /// Corrects the wake-up of a livechat whose head is at `position`; a head that has moved on knows better.
    async fn update_wake_up(
        &self,
        livechat: &LivechatId,
        position: Position,
        wake_up: WakeUp,
    ) -> Result<(), StoreError>;

    /// Saves a snapshot in place of the one before.
    async fn save_snapshot(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// Records, durably, that the server was up at `at`; this also shows whether the database can be written.
    async fn record_heartbeat(&self, at: Instant) -> Result<(), StoreError>;

    /// Where a livechat's log ends, for good: waits while an append to it that was sent before may still be
    /// committed, by whoever gave up on it or has fallen since. [`Read::head`] does not wait.
    ///
    /// # Errors
    /// When that is not known within some seconds.
    async fn settled_head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError>;

    /// The reading half.
    fn read(&self) -> &dyn Read;

    /// Where state snapshots are kept, by a store that keeps any.
    fn state_snapshots(&self) -> Option<&dyn StateSnapshots> {
        None
    }

    /// Waits for readers and writers to finish, and lets go of the database.
    async fn close(&self);
}

/// Records that were read at once, decoded.
#[derive(Debug)]
pub struct Records {
    /// The records.
    pub records: Vec<Chained>,
    /// Whether they are not all that were asked for, since they have so many bytes.
    pub is_cut: bool,
}

/// Whether records are checked against the one before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// They are: a record that was changed is an error.
    Checked,
    /// They are not: somebody else does.
    Unchecked,
}

/// What is done with records; it is dropped when they cannot be read.
pub type Then = Box<dyn FnOnce(Records) + Send>;

/// The reading half of a store. A page ends with `limit` records or with the one that makes it [`PAGE_BYTES`] long,
/// whichever comes first: [`is_full`] tells whether there may be more.
#[async_trait]
pub trait Read: Send + Sync {
    /// At most `limit` records of a livechat after a position.
    async fn page(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, StoreError>;

    /// The same, decoded, for those who read millions: what is to be done with the records is done on the thread,
    /// one for what blocks, that decoded them, with the memory that it has at hand.
    async fn records(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
        chain: Chain,
        then: Then,
    ) -> Result<(), RecordsError> {
        let page = |after, limit| self.page(livechat, after, limit);
        let page = match chain {
            Chain::Checked => with_before(after, limit, page).await?,
            Chain::Unchecked => PageAfter::of(None, page(after, limit).await?),
        };
        decoded(page, (after, limit), chain, then).await
    }

    /// At most `limit` records of one conversation after a position, each with the hash of the record before it.
    async fn conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Linked>, StoreError>;

    /// Where one livechat's log ends; `None` when it has none.
    async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError>;

    /// Where every livechat's log ends.
    async fn heads(&self) -> Result<Vec<Head>, StoreError>;

    /// The livechats that have records, whether or not a head says so, in the order of their names.
    async fn logs(&self) -> Result<Vec<LivechatId>, StoreError>;

    /// The livechats whose first timer fires at `until` or before, as of their heads.
    async fn waking(&self, until: Instant) -> Result<Vec<(LivechatId, Instant)>, StoreError>;

    /// The livechats that wait for a timer and whose last record happened after `of`: their clock was ahead.
    async fn ahead(&self, of: Instant) -> Result<Vec<LivechatId>, StoreError>;

    /// The records of a livechat that tell that the clock was set back, in order. Between two of them the time of
    /// records never goes back.
    async fn set_backs(&self, livechat: &LivechatId) -> Result<Vec<StoredRecord>, StoreError>;

    /// When the server was last known to be up; `None` when that was never noted.
    async fn last_heartbeat(&self) -> Result<Option<Instant>, StoreError>;

    /// The livechats that have an operator connected, as of their heads.
    async fn attended(&self) -> Result<Vec<LivechatId>, StoreError>;

    /// The snapshot of a livechat.
    async fn snapshot(&self, livechat: &LivechatId) -> Result<Option<Snapshot>, StoreError>;

    /// Can the log be read?
    async fn ping(&self) -> Result<(), StoreError>;
}

/// A page, with the record that it was read after.
#[derive(Debug)]
pub(crate) struct PageAfter {
    /// That record; none before the first, and where there is none.
    pub(crate) before: Option<StoredRecord>,
    /// The page.
    pub(crate) page: Vec<StoredRecord>,
    /// Whether it ended because of its bytes, with those of the record before it.
    is_long: bool,
}

impl PageAfter {
    fn of(before: Option<StoredRecord>, page: Vec<StoredRecord>) -> Self {
        let is_long = is_full(&page, usize::MAX);
        Self { before, page, is_long }
    }
}

/// Reads a page with the record after which it is read, if there is one, and at least one record after that.
///
/// # Errors
/// When `page` fails.
pub(crate) async fn with_before<F>(
    after: Position,
    limit: usize,
    page: impl Fn(Position, usize) -> F + Send,
) -> Result<PageAfter, StoreError>
where
    F: Future<Output = Result<Vec<StoredRecord>, StoreError>> + Send,
{
    let Some(before) = after.checked_sub(1) else {
        return Ok(PageAfter::of(None, page(after, limit).await?));
    };
    let mut found = page(before, limit.saturating_add(1)).await?;
    if found.is_empty() {
        return Ok(PageAfter::of(None, found));
    }
    let is_long = is_full(&found, usize::MAX);
    let before = Some(found.remove(0));
    if found.is_empty() && is_long && limit > 0 {
        return Ok(PageAfter::of(before, page(after, limit).await?));
    }
    Ok(PageAfter { before, page: found, is_long })
}

/// Decodes a page that was read, and does with it what is to be done.
async fn decoded(
    PageAfter { before, page, is_long }: PageAfter,
    (after, limit): (Position, usize),
    chain: Chain,
    then: Then,
) -> Result<(), RecordsError> {
    let work = tokio::task::spawn_blocking(move || {
        let mut link = Link::at(after);
        if let Some(before) = &before {
            link.begin(before.position, &before.hash);
        }
        let mut records = Vec::with_capacity(page.len());
        for stored in &page {
            if chain == Chain::Checked {
                link.follow(stored.borrowed(), &stored.hash)?;
            }
            records.push(chained(stored)?);
        }
        then(Records { records, is_cut: is_long && page.len() < limit });
        Ok(())
    });
    work.await.map_err(|_| StoreError::from(sqlx::Error::WorkerCrashed))?
}

/// A record as it is stored, decoded.
fn chained(stored: &StoredRecord) -> Result<Chained, RecordsError> {
    let unreadable = |error| RecordsError::Record { position: stored.position, error: Box::new(error) };
    let record = decode(stored).map_err(unreadable)?;
    Ok(Chained { record, hash: stored.hash.as_slice().try_into().ok() })
}

/// Opens the log at `sqlite://FILE` or `postgres://…`, and brings its tables up to date.
///
/// # Errors
/// When the address is of neither kind, or the database cannot be opened; [`StoreError::NotALog`] when it is that of
/// another program.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url.starts_with("sqlite:") {
        look_at_file(url, Expect::LogOrNothing).await?;
        Ok(Arc::new(SqliteStore::open(url).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Arc::new(PostgresStore::open(url).await?))
    } else {
        Err(StoreError::UnknownDatabase(url.to_owned()))
    }
}

/// Opens a log that is there already, beside a server that may be writing to it, so that a slip in the address is an
/// error and not a new database.
///
/// # Errors
/// As [`open`], [`StoreError::Missing`] when a `sqlite://` address names no file, and [`StoreError::NotALog`] when there
/// is no log in what it names.
pub async fn open_existing(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url.starts_with("sqlite:") {
        look_at_file(url, Expect::Log).await?;
        return Ok(Arc::new(SqliteStore::beside(url).await?));
    }
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        existing::in_postgres(url).await?;
    }
    open(url).await
}

async fn look_at_file(url: &str, expect: Expect) -> Result<(), StoreError> {
    let file = SqliteConnectOptions::from_str(url)?.get_filename().to_owned();
    let looked = tokio::task::spawn_blocking(move || existing::in_file(&file, expect));
    looked.await.map_err(|_| StoreError::from(sqlx::Error::WorkerCrashed))?
}

/// One livechat's part of a batch: from which position its head has to be moved, and to which entry.
struct Move<'a> {
    expected: Position,
    last: &'a Entry,
}

/// How a batch moves the heads, one move per livechat, in the order of their names: two writers that
/// meet wait for each other, and never in a circle.
fn moves(entries: &[Entry]) -> Vec<Move<'_>> {
    let mut moves: BTreeMap<&LivechatId, Move<'_>> = BTreeMap::new();
    for entry in entries {
        moves
            .entry(&entry.livechat)
            .and_modify(|step| step.last = entry)
            .or_insert(Move { expected: entry.position - 1, last: entry });
    }
    moves.into_values().collect()
}

/// The entries, those of a livechat together and in their order: the index is then written from one end to
/// the other, and each of its pages is at hand when it is needed.
fn by_livechat(entries: &[Entry]) -> Vec<&Entry> {
    let mut ordered: Vec<&Entry> = entries.iter().collect();
    ordered.sort_by(|one, other| one.livechat.cmp(&other.livechat));
    ordered
}

/// Records after which those of each conversation are noted in the side table: enough that a row there tells
/// of several, few enough that those which are not noted yet are read in a fraction of a millisecond.
const NOTED_EVERY: Position = 1_000;

impl Move<'_> {
    /// Is it time to note which conversations the livechat's last records concern?
    const fn is_to_be_noted(&self) -> bool {
        self.expected / NOTED_EVERY != self.last.position / NOTED_EVERY
    }
}

/// A signed integer for the database; positions never come near its limit.
fn to_sql(position: Position) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn from_sql(position: i64) -> Position {
    Position::try_from(position).unwrap_or_default()
}

/// How long a lock on a SQLite file is waited for.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// How many connections read at once.
const READERS: u32 = 4;

/// How long a connection to the database is waited for before a command or a reading is answered with
/// "try again": longer than a restart of a healthy database, shorter than the patience of a client.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// How long a connection may have been idle before it is tried out: the database may have been restarted.
const IDLE_TRUSTED: Duration = Duration::from_secs(1);

/// A pool that finds out that a connection is dead before somebody uses it, without asking each time, and
/// whose callers wait for a connection no longer than a client does for an answer.
pub fn pool<D: sqlx::Database>(connections: u32) -> PoolOptions<D> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT_MAX)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > IDLE_TRUSTED {
                    // An error closes this connection and opens another.
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
}
