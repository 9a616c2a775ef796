//! What can be asked of a journal: the state of a livechat in memory, and its log.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{ConversationId, Livechat, LivechatId};
use futures::{Stream, TryStreamExt};
use tokio::sync::{broadcast, oneshot};

use crate::append_queue::{enqueue, until_durable};
use crate::checked::{Page, each_of_conversation};
use crate::error::Error;
use crate::feed::{self, Batch, Scope};
use crate::journal::Journal;
use crate::record::{Position, Record};
use crate::store::Linked;

impl Journal {
    /// Looks at the state of a livechat in memory. It may run ahead of the disk by a few
    /// milliseconds: good for decisions that the rules repeat, not for answers.
    ///
    /// # Errors
    /// When the livechat cannot be loaded.
    pub async fn peek<T>(
        &self,
        livechat: &LivechatId,
        look: impl FnOnce(&Livechat) -> T,
    ) -> Result<T, Error> {
        let slot = self.lock(livechat).await?;
        slot.resident.as_ref().map(|resident| look(&resident.livechat)).ok_or(Error::Closed)
    }

    /// Looks at the state of a livechat, and waits until what it saw is durable. Tells at which position
    /// of the log that state stands: a feed that follows from there misses nothing.
    ///
    /// # Errors
    /// As for a command.
    pub async fn snapshot<T>(
        &self,
        livechat: &LivechatId,
        look: impl FnOnce(&Livechat) -> T,
    ) -> Result<(Position, T), Error> {
        let slot = self.lock(livechat).await?;
        let permit = self.reserve()?;
        let Some(resident) = &slot.resident else { return Err(Error::Closed) };
        let seen = (resident.position, look(&resident.livechat));
        let done = enqueue(permit, resident, vec![], vec![]);
        drop(slot);
        until_durable(done).await?;
        Ok(seen)
    }

    /// Follows a livechat's log from just after a position, for ever: first what is in the log, then
    /// live. Nothing is missed or seen twice, however slow the follower. What is read from the log is checked against
    /// the chain: the stream ends before a record that does not follow the one before it.
    pub fn follow(
        &self,
        livechat: &LivechatId,
        scope: Scope,
        after: Position,
    ) -> impl Stream<Item = Result<Arc<Record>, Error>> + Send + use<> {
        let (damages, id) = (self.0.damages.clone(), livechat.clone());
        feed::follow(&self.0.feed, self.0.store.clone(), livechat.clone(), scope, after)
            .inspect_err(move |error| damages.read(&id, Some(error)))
    }

    /// Every committed batch of every livechat from now on; a receiver that lags has to read the log.
    pub fn batches(&self) -> broadcast::Receiver<Batch> {
        self.0.feed.batches()
    }

    /// Where every livechat's log ends.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn heads(&self) -> Result<Vec<(LivechatId, Position)>, Error> {
        Ok(self
            .0
            .store
            .read()
            .heads()
            .await?
            .into_iter()
            .map(|head| (head.livechat, head.position))
            .collect())
    }

    /// The livechats that have an operator connected, as their logs say.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attended(&self) -> Result<Vec<LivechatId>, Error> {
        Ok(self.0.store.read().attended().await?)
    }

    /// Where the log of a livechat ends; `None` when it has none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn head(&self, livechat: &LivechatId) -> Result<Option<Position>, Error> {
        Ok(self.0.store.read().head(livechat).await?.map(|head| head.position))
    }

    /// At most `limit` records of a livechat after a position, checked against the chain: fewer when one does not
    /// follow the one before it.
    ///
    /// # Errors
    /// When the database cannot be read; [`Error::Damaged`] when the first record does not follow.
    pub async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Record>>, Error> {
        let page = Page::read(self.0.store.read(), livechat, after, limit).await?;
        let (done, decoded) = oneshot::channel();
        self.runtime().compute(Box::new(move || {
            // Whoever asked may have gone.
            let _ = done.send(page.decode());
        }));
        let records = decoded.await.map_err(|_| Error::Closed)?;
        self.0.damages.read(livechat, records.as_ref().err());
        records
    }

    /// Goes along the records of a conversation after a position, for as long as `step` goes on, whatever their number.
    ///
    /// # Errors
    /// When the database cannot be read; [`Error::Damaged`] at a record that does not follow the one before it.
    pub async fn each_of_conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        step: impl FnMut(Record) -> ControlFlow<()> + Send,
    ) -> Result<(), Error> {
        let read = each_of_conversation(self.0.store.read(), livechat, conversation, after, step).await;
        self.0.damages.read(livechat, read.as_ref().err());
        read
    }

    /// The request that a conversation began with; `None` when there is no such conversation.
    ///
    /// # Errors
    /// As [`Journal::each_of_conversation`].
    pub async fn beginning(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
    ) -> Result<Option<Record>, Error> {
        let first = self.0.store.read().conversation(livechat, conversation, 0, 1).await?;
        let first = first.first().map(Linked::decode).transpose();
        self.0.damages.read(livechat, first.as_ref().err());
        first
    }
}
