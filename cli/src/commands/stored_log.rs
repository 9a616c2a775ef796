//! The log as it is stored, read without a server.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{LivechatId, Timestamp};
use journal::checked::Page;
use journal::store::open_existing;
use journal::{Batch, Clock, Position, Record, Store, SystemClock};
use projections::{BoxError, EventSource};
use tokio::sync::broadcast;

use super::failure::Failure;

/// See the module.
pub(super) struct StoredLog(Arc<dyn Store>);

impl StoredLog {
    pub(super) async fn open(database: &str) -> Result<Self, Failure> {
        Ok(Self(open_existing(database).await?))
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}

#[async_trait]
impl EventSource for StoredLog {
    async fn heads(&self) -> Result<Vec<(LivechatId, Position)>, BoxError> {
        let heads = self.0.read().heads().await?;
        Ok(heads.into_iter().map(|head| (head.livechat, head.position)).collect())
    }

    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Record>>, BoxError> {
        let page = Page::read(self.0.read(), livechat, after, limit).await?;
        Ok(tokio::task::spawn_blocking(move || page.decode()).await??)
    }

    /// A database publishes nothing as it happens.
    fn subscribe(&self) -> broadcast::Receiver<Batch> {
        broadcast::channel(1).1
    }

    fn now(&self) -> Timestamp {
        SystemClock.now()
    }
}
