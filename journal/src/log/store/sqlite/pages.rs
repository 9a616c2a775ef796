//! Pages of the log, read straight from the file.
//!
//! Through `sqlx` each row passes from SQLite's thread to its reader as ten allocations: nobody notices while a
//! livechat is loaded, everybody where millions of records are read. Who wants them decoded gets them decoded from
//! where SQLite has them.
//!
//! Invariant: what is read here is what the other readers read: the same file, in transactions of its own.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cqrs_es::Aggregate;
use domain::{Livechat, LivechatId};
use rusqlite::{Connection, OpenFlags, Row, params};

use crate::log::entry::Hash;
use crate::log::record::{Chained, Position};
use crate::log::store::connection::{BUSY_MAX, READER_CACHE, READERS};
use crate::log::store::error::StoreError;
use crate::log::store::link::Link;
use crate::log::store::pages::Pages;
use crate::log::store::records::{Chain, Records, Then};
use crate::log::store::records_error::RecordsError;
use crate::log::store::sql::{from_sql, limit_to_sql, to_sql};
use crate::log::store::stored_record::{PAGE_BYTES, StoredRecord, StoredRecordRef};
use crate::log::upcast::decode_in_place;

/// As the page of the other database, without its casts, each of which would be a copy here.
const PAGE: &str = "
SELECT sequence, event_type, event_version, payload, metadata, hash FROM events
WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4";

/// Records for which room is made before they are read.
const ROOM_MAX: usize = 5_000;

/// Reads pages, on the threads for what blocks.
#[derive(Clone)]
pub(crate) struct SqlitePages(Arc<Shared>);

struct Shared {
    file: PathBuf,
    /// Connections that are not in use.
    idle: Mutex<Vec<Connection>>,
}

impl SqlitePages {
    /// Of a file; it is opened when the first page is read.
    pub(super) fn of(file: PathBuf) -> Self {
        Self(Arc::new(Shared { file, idle: Mutex::default() }))
    }

    /// Lets go of the file.
    pub(super) fn close(&self) {
        self.0.idle().clear();
    }

    /// Reads the rows of a page, and does with them what is to be done, on one thread; it learns whether the page is
    /// as long as one may be. `read` makes a record of a row, with its bytes, or looks at it only.
    async fn page<T, R, E>(
        &self,
        livechat: &LivechatId,
        (after, limit): (Position, usize),
        then: impl FnOnce(Vec<T>, bool) -> Result<R, E> + Send + 'static,
        read: impl FnMut(&Row<'_>) -> Result<Option<(T, usize)>, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + From<rusqlite::Error> + Send + 'static,
    {
        let (shared, livechat) = (self.0.clone(), livechat.clone());
        let page = tokio::task::spawn_blocking(move || {
            let connection = shared.take()?;
            let (page, bytes) = page(&connection, &livechat, (after, limit), read)?;
            shared.give_back(connection);
            then(page, bytes >= PAGE_BYTES)
        });
        page.await.map_err(|_| StoreError::from(sqlx::Error::WorkerCrashed))?
    }
}

#[async_trait]
impl Pages for SqlitePages {
    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let id = livechat.clone();
        let read = move |row: &Row<'_>| {
            let stored = StoredRecord {
                livechat: id.clone(),
                position: from_sql(row.get(0)?),
                event_type: row.get(1)?,
                event_version: row.get(2)?,
                payload: row.get(3)?,
                metadata: row.get(4)?,
                hash: row.get(5)?,
            };
            let bytes = stored.bytes();
            Ok(Some((stored, bytes)))
        };
        self.page(livechat, (after, limit), |page, _| Ok(page), read).await
    }

    async fn records(
        &self,
        livechat: &LivechatId,
        (after, limit): (Position, usize),
        chain: Chain,
        then: Then,
    ) -> Result<(), RecordsError> {
        let id = livechat.clone();
        let then = move |records: Vec<Chained>, is_long: bool| {
            let is_cut = is_long && records.len() < limit;
            then(Records { records, is_cut });
            Ok(())
        };
        // The record before the first is looked at only for its hash.
        let before = if chain == Chain::Checked { Position::from(after > 0) } else { 0 };
        let limit = limit.saturating_add(usize::from(before > 0));
        let mut link = Link::at(after);
        let read = move |row: &Row<'_>| {
            let position = from_sql(row.get(0)?);
            let stored_hash = row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?;
            if position <= after {
                link.begin(position, stored_hash);
                return Ok(None);
            }
            let text = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str()?);
            let stored = StoredRecordRef {
                livechat: &id,
                position,
                event_type: text(1)?,
                event_version: text(2)?,
                payload: text(3)?,
                metadata: text(4)?,
            };
            if chain == Chain::Checked {
                link.follow(stored, stored_hash)?;
            }
            let record = decode_in_place(stored)
                .map_err(|error| RecordsError::Record { position, error: Box::new(error) })?;
            let hash = Hash::try_from(stored_hash).ok();
            Ok(Some((Chained { record, hash }, stored.payload.len() + stored.metadata.len())))
        };
        self.page(livechat, (after - before, limit), then, read).await
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<Connection, rusqlite::Error> {
        if let Some(connection) = self.idle().pop() {
            return Ok(connection);
        }
        // One connection is used by one thread at a time.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        connection.busy_timeout(BUSY_MAX)?;
        connection.pragma_update(None, "cache_size", READER_CACHE)?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if idle.len() < READERS as usize {
            idle.push(connection);
        }
    }
}

fn page<T, E: From<rusqlite::Error>>(
    connection: &Connection,
    livechat: &LivechatId,
    (after, limit): (Position, usize),
    mut read: impl FnMut(&Row<'_>) -> Result<Option<(T, usize)>, E>,
) -> Result<(Vec<T>, usize), E> {
    let mut statement = connection.prepare_cached(PAGE)?;
    let rows_max = limit_to_sql(limit);
    let mut rows = statement.query(params![Livechat::TYPE, livechat.as_str(), to_sql(after), rows_max])?;
    // Room for all of it, so that what was read is not moved while more is.
    let mut page = Vec::with_capacity(limit.min(ROOM_MAX));
    let mut bytes = 0;
    while bytes < PAGE_BYTES
        && let Some(row) = rows.next()?
    {
        if let Some((record, its_bytes)) = read(row)? {
            bytes += its_bytes;
            page.push(record);
        }
    }
    Ok((page, bytes))
}
