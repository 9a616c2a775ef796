//! Reading the log, the same in both databases.

use async_trait::async_trait;
use cqrs_es::Aggregate;
use domain::{ConversationId, Livechat, LivechatId, Timestamp};
use futures::TryStreamExt;
use sqlx::Pool;

use super::dialect::{Dialect, Statement, Value, row, rows, statement};
use super::error::StoreError;
use super::pages::Pages;
use super::records::{Chain, Then};
use super::records_error::RecordsError;
use super::snapshot::Snapshot;
use super::snapshots::{NEWEST, snapshot_of};
use super::sql::{self, from_sql, limit_to_sql, to_sql};
use super::stored_record::{Linked, PAGE_BYTES, StoredRecord};
use super::traits::{Head, Read};
use crate::log::entry::WakeUp;
use crate::log::record::Position;

/// Reads from a pool of connections.
pub(super) struct Reader<D: Dialect> {
    pub(super) pool: Pool<D>,
    pub(super) pages: D::Pages,
}

/// The records that a statement finds, as they come, up to the one with which they are long enough.
pub(super) async fn page_of<D: Dialect, T: AsRef<StoredRecord> + Send>(
    pool: &Pool<D>,
    statement: Statement<'_, D>,
    read: impl Fn(&D::Row) -> Result<T, sqlx::Error> + Send,
) -> Result<Vec<T>, StoreError> {
    let mut connection = pool.acquire().await?;
    let (mut page, mut bytes) = (Vec::new(), 0);
    let mut rows = D::fetch(statement, &mut connection);
    while bytes < PAGE_BYTES
        && let Some(row) = rows.try_next().await?
    {
        let record = read(&row)?;
        bytes += record.as_ref().bytes();
        page.push(record);
    }
    drop(rows);
    if bytes >= PAGE_BYTES {
        // Rows that are still on their way are of no use, and the next query would have to wait for them.
        connection.close_on_drop();
    }
    Ok(page)
}

/// A record, from a row of [`sql::columns`].
pub(super) fn stored<D: Dialect>(livechat: &LivechatId, row: &D::Row) -> Result<StoredRecord, sqlx::Error> {
    Ok(StoredRecord {
        livechat: livechat.clone(),
        position: from_sql(D::number(row, 1)?),
        event_type: D::text(row, 2)?,
        event_version: D::text(row, 3)?,
        payload: D::text(row, 4)?,
        metadata: D::text(row, 5)?,
        hash: D::bytes(row, 6)?.unwrap_or_default(),
    })
}

/// The same, with the hash before it.
fn linked<D: Dialect>(livechat: &LivechatId, row: &D::Row) -> Result<Linked, sqlx::Error> {
    Ok(Linked { stored: stored::<D>(livechat, row)?, previous: D::bytes(row, 7)?.unwrap_or_default() })
}

/// A head; nothing when it is none that we could have written.
pub(super) fn head_of<D: Dialect>(row: &D::Row) -> Result<Option<Head>, sqlx::Error> {
    let livechat = LivechatId::stored(&D::text(row, 0)?);
    let hash = D::bytes(row, 2)?.unwrap_or_default().try_into();
    let (Ok(livechat), Ok(hash)) = (livechat, hash) else { return Ok(None) };
    let wake_up = WakeUp { wake_at: D::time(row, 3)?, attended: D::flag(row, 4)? };
    Ok(Some(Head { livechat, position: from_sql(D::number(row, 1)?), hash, wake_up }))
}

/// The livechats that the first column of these rows names.
fn livechats<D: Dialect>(rows: &[D::Row]) -> Result<Vec<LivechatId>, StoreError> {
    let names = rows.iter().map(|row| D::text(row, 0)).collect::<Result<Vec<_>, _>>()?;
    Ok(names.iter().filter_map(|name| LivechatId::stored(name).ok()).collect())
}

#[async_trait]
impl<D: Dialect> Read for Reader<D> {
    async fn page(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        self.pages.read(livechat, after, limit).await
    }

    async fn records(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
        chain: Chain,
        then: Then,
    ) -> Result<(), RecordsError> {
        self.pages.records(livechat, (after, limit), chain, then).await
    }

    async fn conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Linked>, StoreError> {
        let values = [
            Value::Text(Livechat::TYPE),
            Value::Text(livechat.as_str()),
            Value::Conversation(conversation),
            Value::Number(to_sql(after)),
            Value::Number(limit_to_sql(limit)),
        ];
        let read = |row: &D::Row| linked::<D>(livechat, row);
        page_of(&self.pool, statement(D::CONVERSATION, &values), read).await
    }

    async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
        let row = row(&self.pool, sql::HEAD, &[Value::Text(livechat.as_str())]).await?;
        Ok(row.as_ref().map(head_of::<D>).transpose()?.flatten())
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let heads = rows(&self.pool, sql::HEADS, &[]).await?;
        let heads = heads.iter().map(head_of::<D>).collect::<Result<Vec<_>, _>>()?;
        Ok(heads.into_iter().flatten().collect())
    }

    async fn logs(&self) -> Result<Vec<LivechatId>, StoreError> {
        livechats::<D>(&rows(&self.pool, sql::LOGS, &[Value::Text(Livechat::TYPE)]).await?)
    }

    async fn waking(&self, until: Timestamp) -> Result<Vec<(LivechatId, Timestamp)>, StoreError> {
        let waking = rows(&self.pool, sql::WAKING, &[Value::Time(Some(until))]).await?;
        let livechat = |row| Ok((LivechatId::stored(&D::text(row, 0)?), D::time(row, 1)?));
        let waking = waking.iter().map(livechat).collect::<Result<Vec<_>, sqlx::Error>>()?;
        Ok(waking.into_iter().filter_map(|(livechat, at)| Some((livechat.ok()?, at?))).collect())
    }

    async fn ahead(&self, of: Timestamp) -> Result<Vec<LivechatId>, StoreError> {
        let values = [Value::Text(Livechat::TYPE), Value::RecordTime(of)];
        livechats::<D>(&rows(&self.pool, sql::AHEAD, &values).await?)
    }

    async fn set_backs(&self, livechat: &LivechatId) -> Result<Vec<StoredRecord>, StoreError> {
        let values = [Value::Text(Livechat::TYPE), Value::Text(livechat.as_str())];
        let set_backs = rows(&self.pool, sql::SET_BACKS, &values).await?;
        Ok(set_backs.iter().map(|row| stored::<D>(livechat, row)).collect::<Result<_, _>>()?)
    }

    async fn last_heartbeat(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = row(&self.pool, sql::LAST_HEARTBEAT, &[]).await?;
        Ok(row.map(|row| D::time(&row, 0)).transpose()?.flatten())
    }

    async fn attended(&self) -> Result<Vec<LivechatId>, StoreError> {
        livechats::<D>(&rows(&self.pool, sql::ATTENDED, &[]).await?)
    }

    async fn snapshot(&self, livechat: &LivechatId) -> Result<Option<Snapshot>, StoreError> {
        let row = row(&self.pool, NEWEST, &[Value::Text(livechat.as_str())]).await?;
        Ok(row.as_ref().map(snapshot_of::<D>).transpose()?.flatten())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        rows(&self.pool, sql::PING, &[]).await.map(drop)
    }
}
