//! State snapshots: states of livechats all along their logs, so that any past state is one snapshot and a few
//! thousand events away.
//!
//! They are kept beside the log, in the table `stepping_stones`: their content follows from the records, a copy of the
//! log includes them, and erasing the log erases them. A store keeps bytes and checks nothing; the content is up to
//! whoever creates the snapshots.
//!
//! Invariant: a cache. Any of them may be gone at any time, and none is needed for a right answer.

use async_trait::async_trait;
use domain::{LivechatId, Timestamp};
use sha2::{Digest, Sha256};

use super::error::StoreError;
use crate::record::Position;

/// A state snapshot as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSnapshot {
    /// The last record that it includes.
    pub position: Position,
    /// When that record happened.
    pub at: Timestamp,
    /// The versions of the code that can read it.
    pub version: String,
    /// The hash of that record: what the state is a fold of.
    pub record_hash: Vec<u8>,
    /// SHA-256 over all of it, see [`StateSnapshot::expected_checksum`].
    pub checksum: Vec<u8>,
    /// The state, as its author wrote it.
    pub content: Vec<u8>,
}

impl StateSnapshot {
    /// The checksum that it must have as a snapshot of this livechat.
    pub fn expected_checksum(&self, livechat: &LivechatId) -> Vec<u8> {
        let mut hasher = Sha256::new();
        for part in [livechat.as_str().as_bytes(), &self.record_hash, &self.content] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.update(self.position.to_be_bytes());
        hasher.update(self.at.timestamp_millis().to_be_bytes());
        hasher.finalize().to_vec()
    }
}

/// A state snapshot without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// The last record that it includes.
    pub position: Position,
    /// When that record happened.
    pub at: Timestamp,
    /// The versions of the code that can read it.
    pub version: String,
    /// Bytes of its content.
    pub bytes: u64,
}

/// Where state snapshots are kept.
#[async_trait]
pub trait StateSnapshots: Send + Sync {
    /// Saves a snapshot, in place of one at the same position.
    async fn save(&self, livechat: &LivechatId, snapshot: &StateSnapshot) -> Result<(), StoreError>;

    /// The last snapshot of these versions at a position or before, and at `until` or before.
    async fn last(
        &self,
        livechat: &LivechatId,
        version: &str,
        position: Position,
        until: Timestamp,
    ) -> Result<Option<StateSnapshot>, StoreError>;

    /// The snapshots of a livechat, in order, whichever their versions.
    async fn all(&self, livechat: &LivechatId) -> Result<Vec<SnapshotInfo>, StoreError>;

    /// The snapshot at a position.
    async fn at(
        &self,
        livechat: &LivechatId,
        position: Position,
    ) -> Result<Option<StateSnapshot>, StoreError>;

    /// Removes the snapshot at a position.
    async fn remove(&self, livechat: &LivechatId, position: Position) -> Result<(), StoreError>;

    /// Removes the snapshots that code of other versions made. Returns how many.
    async fn remove_other_versions(&self, livechat: &LivechatId, version: &str) -> Result<u64, StoreError>;
}

pub(super) const SAVE: &str = "
INSERT INTO stepping_stones (livechat, sequence, at, version, record_hash, checksum, content)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (livechat, sequence) DO UPDATE SET at = excluded.at, version = excluded.version,
    record_hash = excluded.record_hash, checksum = excluded.checksum, content = excluded.content";

/// Of those up to a time the last by position: where a clock was set back, what a wrong one said of
/// those before it does not matter.
pub(super) const LAST: &str = "
SELECT sequence, at, version, record_hash, checksum, content FROM stepping_stones
WHERE livechat = $1 AND version = $2 AND sequence <= $3 AND at <= $4 ORDER BY sequence DESC LIMIT 1";

pub(super) const ALL: &str = "
SELECT sequence, at, version, CAST(length(content) AS bigint) FROM stepping_stones WHERE livechat = $1
ORDER BY sequence";

pub(super) const AT: &str = "
SELECT sequence, at, version, record_hash, checksum, content FROM stepping_stones
WHERE livechat = $1 AND sequence = $2";

pub(super) const REMOVE: &str = "DELETE FROM stepping_stones WHERE livechat = $1 AND sequence = $2";

pub(super) const REMOVE_OTHER_VERSIONS: &str =
    "DELETE FROM stepping_stones WHERE livechat = $1 AND version <> $2";

/// Implements [`StateSnapshots`] for a store: the same in both databases but for the types of their driver. The file
/// that uses it says how a time is stored, as for its reader, and `write` gives it a connection to write
/// with.
macro_rules! state_snapshots {
    ($store:ty) => {
        impl $store {
            fn state_snapshot(
                (position, at, version, record_hash, checksum, content): (
                    i64,
                    Stamp,
                    String,
                    Vec<u8>,
                    Vec<u8>,
                    Vec<u8>,
                ),
            ) -> Option<StateSnapshot> {
                let position = $crate::store::sql::from_sql(position);
                Some(StateSnapshot { position, at: from_stamp(at)?, version, record_hash, checksum, content })
            }
        }

        #[async_trait]
        impl StateSnapshots for $store {
            async fn save(&self, livechat: &LivechatId, snapshot: &StateSnapshot) -> Result<(), StoreError> {
                let query = sqlx::query($crate::store::state_snapshots::SAVE)
                    .bind(livechat.as_str())
                    .bind($crate::store::sql::to_sql(snapshot.position))
                    .bind(stamp(snapshot.at))
                    .bind(&snapshot.version)
                    .bind(&snapshot.record_hash)
                    .bind(&snapshot.checksum)
                    .bind(&snapshot.content);
                self.write(query).await.map(|_| ())
            }

            async fn last(
                &self,
                livechat: &LivechatId,
                version: &str,
                position: Position,
                until: Timestamp,
            ) -> Result<Option<StateSnapshot>, StoreError> {
                let row = sqlx::query_as($crate::store::state_snapshots::LAST)
                    .bind(livechat.as_str())
                    .bind(version)
                    .bind($crate::store::sql::to_sql(position))
                    .bind(stamp(until))
                    .fetch_optional(&self.reader.pool)
                    .await?;
                Ok(row.and_then(Self::state_snapshot))
            }

            async fn all(&self, livechat: &LivechatId) -> Result<Vec<SnapshotInfo>, StoreError> {
                let rows: Vec<(i64, Stamp, String, i64)> =
                    sqlx::query_as($crate::store::state_snapshots::ALL)
                        .bind(livechat.as_str())
                        .fetch_all(&self.reader.pool)
                        .await?;
                let info = |(position, at, version, bytes): (i64, Stamp, String, i64)| {
                    let position = $crate::store::sql::from_sql(position);
                    let bytes = $crate::store::sql::from_sql(bytes);
                    Some(SnapshotInfo { position, at: from_stamp(at)?, version, bytes })
                };
                Ok(rows.into_iter().filter_map(info).collect())
            }

            async fn at(
                &self,
                livechat: &LivechatId,
                position: Position,
            ) -> Result<Option<StateSnapshot>, StoreError> {
                let row = sqlx::query_as($crate::store::state_snapshots::AT)
                    .bind(livechat.as_str())
                    .bind($crate::store::sql::to_sql(position))
                    .fetch_optional(&self.reader.pool)
                    .await?;
                Ok(row.and_then(Self::state_snapshot))
            }

            async fn remove(&self, livechat: &LivechatId, position: Position) -> Result<(), StoreError> {
                let query = sqlx::query($crate::store::state_snapshots::REMOVE)
                    .bind(livechat.as_str())
                    .bind($crate::store::sql::to_sql(position));
                self.write(query).await.map(|_| ())
            }

            async fn remove_other_versions(
                &self,
                livechat: &LivechatId,
                version: &str,
            ) -> Result<u64, StoreError> {
                let query = sqlx::query($crate::store::state_snapshots::REMOVE_OTHER_VERSIONS)
                    .bind(livechat.as_str())
                    .bind(version);
                self.write(query).await
            }
        }
    };
}

pub(super) use state_snapshots;
