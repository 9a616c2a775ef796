//! The tables of snapshots: the newest state of each livechat, and states all along its log.
//!
//! They are kept beside the log: their content follows from the records, a copy of the log includes them, and erasing
//! the log erases them. A store keeps bytes and checks nothing; see [`Snapshot`].

use async_trait::async_trait;
use domain::{LivechatId, Timestamp};

use super::dialect::{Dialect, Value, row, rows};
use super::error::StoreError;
use super::snapshot::{Snapshot, SnapshotInfo};
use super::sql::{from_sql, to_sql};
use crate::log::record::Position;

/// Where the snapshots along the logs are kept.
#[async_trait]
pub trait StateSnapshots: Send + Sync {
    /// Saves a snapshot, in place of one at the same position.
    async fn save(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// The last snapshot of these versions at a position or before, and at `until` or before.
    async fn last(
        &self,
        livechat: &LivechatId,
        version: &str,
        position: Position,
        until: Timestamp,
    ) -> Result<Option<Snapshot>, StoreError>;

    /// The snapshots of a livechat, in order, whichever their versions.
    async fn all(&self, livechat: &LivechatId) -> Result<Vec<SnapshotInfo>, StoreError>;

    /// The snapshot at a position.
    async fn at(&self, livechat: &LivechatId, position: Position) -> Result<Option<Snapshot>, StoreError>;

    /// Removes the snapshot at a position.
    async fn remove(&self, livechat: &LivechatId, position: Position) -> Result<(), StoreError>;

    /// Removes the snapshots that code of other versions made. Returns how many.
    async fn remove_other_versions(&self, livechat: &LivechatId, version: &str) -> Result<u64, StoreError>;
}

pub(super) const NEWEST: &str = "
SELECT sequence, at, version, record_hash, checksum, content FROM livechat_snapshots WHERE livechat = $1";

pub(super) const SAVE_NEWEST: &str = "
INSERT INTO livechat_snapshots (livechat, sequence, at, version, record_hash, checksum, content)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (livechat) DO UPDATE SET sequence = excluded.sequence, at = excluded.at, version = excluded.version,
    record_hash = excluded.record_hash, checksum = excluded.checksum, content = excluded.content";

const SAVE: &str = "
INSERT INTO stepping_stones (livechat, sequence, at, version, record_hash, checksum, content)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (livechat, sequence) DO UPDATE SET at = excluded.at, version = excluded.version,
    record_hash = excluded.record_hash, checksum = excluded.checksum, content = excluded.content";

/// Of those up to a time the last by position: where a clock was set back, what a wrong one said of
/// those before it does not matter.
const LAST: &str = "
SELECT sequence, at, version, record_hash, checksum, content FROM stepping_stones
WHERE livechat = $1 AND version = $2 AND sequence <= $3 AND at <= $4 ORDER BY sequence DESC LIMIT 1";

const ALL: &str = "
SELECT sequence, at, version, CAST(length(content) AS bigint) FROM stepping_stones WHERE livechat = $1
ORDER BY sequence";

const AT: &str = "
SELECT sequence, at, version, record_hash, checksum, content FROM stepping_stones
WHERE livechat = $1 AND sequence = $2";

const REMOVE: &str = "DELETE FROM stepping_stones WHERE livechat = $1 AND sequence = $2";

const REMOVE_OTHER_VERSIONS: &str = "DELETE FROM stepping_stones WHERE livechat = $1 AND version <> $2";

/// A snapshot, from a row of either table; nothing when its time is none.
pub(super) fn snapshot_of<D: Dialect>(row: &D::Row) -> Result<Option<Snapshot>, sqlx::Error> {
    let Some(at) = D::time(row, 1)? else { return Ok(None) };
    let bytes = |column| D::bytes(row, column).map(Option::unwrap_or_default);
    Ok(Some(Snapshot {
        position: from_sql(D::number(row, 0)?),
        at,
        version: D::text(row, 2)?,
        record_hash: bytes(3)?,
        checksum: bytes(4)?,
        content: bytes(5)?,
    }))
}

/// The values of a row of either table.
pub(super) fn values<'q>(livechat: &'q LivechatId, snapshot: &'q Snapshot) -> [Value<'q>; 7] {
    [
        Value::Text(livechat.as_str()),
        Value::Number(to_sql(snapshot.position)),
        Value::Time(Some(snapshot.at)),
        Value::Text(&snapshot.version),
        Value::Bytes(&snapshot.record_hash),
        Value::Bytes(&snapshot.checksum),
        Value::Bytes(&snapshot.content),
    ]
}

/// A store in one of the databases, which can keep snapshots along its logs.
#[async_trait]
pub(super) trait KeepsSnapshots: Send + Sync {
    type Dialect: Dialect;

    /// Connections that read.
    fn readers(&self) -> &sqlx::Pool<Self::Dialect>;

    /// Does a statement that no batch waits for, and tells how many rows it concerned.
    async fn write(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError>;
}

#[async_trait]
impl<S: KeepsSnapshots> StateSnapshots for S {
    async fn save(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.write(SAVE, &values(livechat, snapshot)).await.map(drop)
    }

    async fn last(
        &self,
        livechat: &LivechatId,
        version: &str,
        position: Position,
        until: Timestamp,
    ) -> Result<Option<Snapshot>, StoreError> {
        let values = [
            Value::Text(livechat.as_str()),
            Value::Text(version),
            Value::Number(to_sql(position)),
            Value::Time(Some(until)),
        ];
        let row = row(self.readers(), LAST, &values).await?;
        Ok(row.as_ref().map(snapshot_of::<S::Dialect>).transpose()?.flatten())
    }

    async fn all(&self, livechat: &LivechatId) -> Result<Vec<SnapshotInfo>, StoreError> {
        let rows = rows(self.readers(), ALL, &[Value::Text(livechat.as_str())]).await?;
        let infos = rows.iter().map(info_of::<S::Dialect>).collect::<Result<Vec<_>, _>>()?;
        Ok(infos.into_iter().flatten().collect())
    }

    async fn at(&self, livechat: &LivechatId, position: Position) -> Result<Option<Snapshot>, StoreError> {
        let values = [Value::Text(livechat.as_str()), Value::Number(to_sql(position))];
        let row = row(self.readers(), AT, &values).await?;
        Ok(row.as_ref().map(snapshot_of::<S::Dialect>).transpose()?.flatten())
    }

    async fn remove(&self, livechat: &LivechatId, position: Position) -> Result<(), StoreError> {
        let values = [Value::Text(livechat.as_str()), Value::Number(to_sql(position))];
        self.write(REMOVE, &values).await.map(drop)
    }

    async fn remove_other_versions(&self, livechat: &LivechatId, version: &str) -> Result<u64, StoreError> {
        self.write(REMOVE_OTHER_VERSIONS, &[Value::Text(livechat.as_str()), Value::Text(version)]).await
    }
}

fn info_of<D: Dialect>(row: &D::Row) -> Result<Option<SnapshotInfo>, sqlx::Error> {
    let Some(at) = D::time(row, 1)? else { return Ok(None) };
    let (position, bytes) = (from_sql(D::number(row, 0)?), from_sql(D::number(row, 3)?));
    Ok(Some(SnapshotInfo { position, at, version: D::text(row, 2)?, bytes }))
}
