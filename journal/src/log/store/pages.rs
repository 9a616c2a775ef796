//! Reading pages of the log.

use async_trait::async_trait;
use domain::LivechatId;

use super::error::StoreError;
use super::records::{Chain, Then, read_and_decode};
use super::records_error::RecordsError;
use super::stored_record::StoredRecord;
use crate::log::record::Position;

/// Reads pages of the log, in the way that is quickest for its database.
#[async_trait]
pub(super) trait Pages: Send + Sync + 'static {
    /// At most `limit` records of a livechat after a position, as they are stored.
    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, StoreError>;

    /// The same, decoded.
    async fn records(
        &self,
        livechat: &LivechatId,
        range: (Position, usize),
        chain: Chain,
        then: Then,
    ) -> Result<(), RecordsError> {
        read_and_decode(|after, limit| self.read(livechat, after, limit), range, chain, then).await
    }
}
