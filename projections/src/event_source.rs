//! What the projections need from a log.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{LivechatId, Timestamp};
use journal::{Position, Record};
use tokio::sync::broadcast;

/// Any error of a log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A log that can be followed.
#[async_trait]
pub trait EventSource: Send + Sync {
    /// Every livechat and the position of its last event.
    async fn heads(&self) -> Result<Vec<(LivechatId, Position)>, BoxError>;

    /// The events of a livechat after a position, in order, at most `limit`, checked against the chain of their log:
    /// fewer if one does not follow its predecessor. When that is the first, the error is a
    /// [`journal::Error::Damaged`], and the livechat is stopped.
    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Record>>, BoxError>;

    /// Events as they are committed; an event is in [`EventSource::read`] before it is here.
    fn subscribe(&self) -> broadcast::Receiver<Arc<Vec<Arc<Record>>>>;

    /// The time by the clock that the events are dated with: how old is what is not projected yet?
    fn now(&self) -> Timestamp;
}
