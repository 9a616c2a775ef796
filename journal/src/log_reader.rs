//! Reads the log for those who ask a journal: what does not follow from what is before it is not shown, and is remembered
//! as damage.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{ConversationId, LivechatId};
use tokio::sync::oneshot;

use crate::error::Error;
use crate::livechats::damage::Damages;
use crate::log::checked::{Page, each_of_conversation};
use crate::log::record::{Position, Record};
use crate::log::store::{Linked, Store};
use crate::runtime::Runtime;

/// Reads the log.
#[derive(Clone)]
pub(crate) struct LogReader {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) damages: Arc<Damages>,
}

impl LogReader {
    /// At most `limit` records of a livechat after a position, checked against the chain: fewer when one does not
    /// follow the one before it.
    ///
    /// # Errors
    /// When the database cannot be read; [`Error::Damaged`] when the first record does not follow.
    pub(crate) async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Record>>, Error> {
        let page = Page::read(self.store.read(), livechat, after, limit).await?;
        let (done, decoded) = oneshot::channel();
        self.runtime.compute(Box::new(move || {
            // The caller may have gone.
            let _ = done.send(page.decode());
        }));
        let records = decoded.await.map_err(|_| Error::Closed)?;
        self.damages.read(livechat, records.as_ref().err());
        records
    }

    /// Goes along the records of a conversation after a position, for as long as `step` goes on, whatever their number.
    ///
    /// # Errors
    /// When the database cannot be read; [`Error::Damaged`] at a record that does not follow the one before it.
    pub(crate) async fn each_of_conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        step: impl FnMut(Record) -> ControlFlow<()> + Send,
    ) -> Result<(), Error> {
        let read = each_of_conversation(self.store.read(), livechat, conversation, after, step).await;
        self.damages.read(livechat, read.as_ref().err());
        read
    }

    /// The request that a conversation began with; `None` when there is no such conversation.
    ///
    /// # Errors
    /// As [`LogReader::each_of_conversation`].
    pub(crate) async fn beginning(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
    ) -> Result<Option<Record>, Error> {
        let first = self.store.read().conversation(livechat, conversation, 0, 1).await?;
        let first = first.first().map(Linked::decode).transpose();
        self.damages.read(livechat, first.as_ref().err());
        first
    }
}
