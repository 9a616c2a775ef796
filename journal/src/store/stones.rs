//! Stepping stones: states of livechats all along their logs, so that any moment of the past is near one.
//!
//! They stand beside the log as snapshots do: what is in them follows from the records, a copy of the log
//! takes them along, and whoever erases one erases the other. A store keeps bytes and checks nothing; what
//! is in them is the business of who lays them.
//!
//! Invariant: a cache. Any of them may be gone at any time, and none is needed for a right answer.

use async_trait::async_trait;
use domain::{Instant, LivechatId};
use sha2::{Digest, Sha256};

use super::StoreError;
use crate::recorded::Position;

/// A stone as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stone {
    /// The last record that it includes.
    pub position: Position,
    /// When that record happened.
    pub at: Instant,
    /// The versions of the code that can read it.
    pub version: String,
    /// The hash of that record: what the state is a fold of.
    pub record_hash: Vec<u8>,
    /// SHA-256 over all of it, see [`Stone::expected_checksum`].
    pub checksum: Vec<u8>,
    /// The state, as whoever laid the stone wrote it.
    pub content: Vec<u8>,
}

impl Stone {
    /// The checksum that it has to have as a stone of this livechat.
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

/// Where a stone stands, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// The last record that it includes.
    pub position: Position,
    /// When that record happened.
    pub at: Instant,
    /// The versions of the code that can read it.
    pub version: String,
    /// Bytes of its content.
    pub bytes: u64,
}

/// Where stones are kept.
#[async_trait]
pub trait Stones: Send + Sync {
    /// Lays a stone, in place of one at the same position.
    async fn lay(&self, livechat: &LivechatId, stone: &Stone) -> Result<(), StoreError>;

    /// The last stone of these versions at a position or before, and at a moment or before.
    async fn last(
        &self,
        livechat: &LivechatId,
        version: &str,
        position: Position,
        moment: Instant,
    ) -> Result<Option<Stone>, StoreError>;

    /// Where the stones of a livechat stand, in order, whichever their versions.
    async fn all(&self, livechat: &LivechatId) -> Result<Vec<Milestone>, StoreError>;

    /// The stone at a position.
    async fn at(&self, livechat: &LivechatId, position: Position) -> Result<Option<Stone>, StoreError>;

    /// Takes the stone at a position away.
    async fn remove(&self, livechat: &LivechatId, position: Position) -> Result<(), StoreError>;

    /// Takes the stones away that code of other versions laid. Tells how many.
    async fn forget_others(&self, livechat: &LivechatId, version: &str) -> Result<u64, StoreError>;
}

pub(super) const LAY: &str = "
INSERT INTO stepping_stones (livechat, sequence, at, version, record_hash, checksum, content)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (livechat, sequence) DO UPDATE SET at = excluded.at, version = excluded.version,
    record_hash = excluded.record_hash, checksum = excluded.checksum, content = excluded.content";

/// Of those that had happened at a moment the last by position: where a clock was set back, what a wrong one said of
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

pub(super) const FORGET_OTHERS: &str = "DELETE FROM stepping_stones WHERE livechat = $1 AND version <> $2";

/// Implements [`Stones`] for a store: the same in both databases but for the types of their driver. The file
/// that uses it says how an instant is stored, as for its reader, and `write` gives it a connection to write
/// with.
macro_rules! stones {
    ($store:ty) => {
        impl $store {
            fn stone(
                (position, at, version, record_hash, checksum, content): (
                    i64,
                    Stamp,
                    String,
                    Vec<u8>,
                    Vec<u8>,
                    Vec<u8>,
                ),
            ) -> Option<Stone> {
                let position = $crate::store::from_sql(position);
                Some(Stone { position, at: moment(at)?, version, record_hash, checksum, content })
            }
        }

        #[async_trait]
        impl Stones for $store {
            async fn lay(&self, livechat: &LivechatId, stone: &Stone) -> Result<(), StoreError> {
                let query = sqlx::query($crate::store::stones::LAY)
                    .bind(livechat.as_str())
                    .bind($crate::store::to_sql(stone.position))
                    .bind(stamp(stone.at))
                    .bind(&stone.version)
                    .bind(&stone.record_hash)
                    .bind(&stone.checksum)
                    .bind(&stone.content);
                self.write(query).await.map(|_| ())
            }

            async fn last(
                &self,
                livechat: &LivechatId,
                version: &str,
                position: Position,
                until: Instant,
            ) -> Result<Option<Stone>, StoreError> {
                let row = sqlx::query_as($crate::store::stones::LAST)
                    .bind(livechat.as_str())
                    .bind(version)
                    .bind($crate::store::to_sql(position))
                    .bind(stamp(until))
                    .fetch_optional(&self.reader.pool)
                    .await?;
                Ok(row.and_then(Self::stone))
            }

            async fn all(&self, livechat: &LivechatId) -> Result<Vec<Milestone>, StoreError> {
                let rows: Vec<(i64, Stamp, String, i64)> = sqlx::query_as($crate::store::stones::ALL)
                    .bind(livechat.as_str())
                    .fetch_all(&self.reader.pool)
                    .await?;
                let milestone = |(position, at, version, bytes): (i64, Stamp, String, i64)| {
                    let position = $crate::store::from_sql(position);
                    let bytes = $crate::store::from_sql(bytes);
                    Some(Milestone { position, at: moment(at)?, version, bytes })
                };
                Ok(rows.into_iter().filter_map(milestone).collect())
            }

            async fn at(
                &self,
                livechat: &LivechatId,
                position: Position,
            ) -> Result<Option<Stone>, StoreError> {
                let row = sqlx::query_as($crate::store::stones::AT)
                    .bind(livechat.as_str())
                    .bind($crate::store::to_sql(position))
                    .fetch_optional(&self.reader.pool)
                    .await?;
                Ok(row.and_then(Self::stone))
            }

            async fn remove(&self, livechat: &LivechatId, position: Position) -> Result<(), StoreError> {
                let query = sqlx::query($crate::store::stones::REMOVE)
                    .bind(livechat.as_str())
                    .bind($crate::store::to_sql(position));
                self.write(query).await.map(|_| ())
            }

            async fn forget_others(&self, livechat: &LivechatId, version: &str) -> Result<u64, StoreError> {
                let query =
                    sqlx::query($crate::store::stones::FORGET_OTHERS).bind(livechat.as_str()).bind(version);
                self.write(query).await
            }
        }
    };
}

pub(super) use stones;
