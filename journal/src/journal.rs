//! A journal: what others see of the log and of the livechats in memory. What happens to a command is in
//! [`command`](crate::command); this puts the parts together, and asks them.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::CommandId;
use domain::{Action, ConversationId, Livechat, LivechatId};
use futures::future::BoxFuture;
use futures::{Stream, TryStreamExt};
use tokio::sync::{broadcast, oneshot};

use crate::clock::{Clock, SystemClock};
use crate::command::append_queue::AppendQueue;
use crate::command::{self, Context, Receipt};
use crate::error::Error;
use crate::health::Health;
use crate::livechats::damage::Damages;
use crate::livechats::eviction::{self, Eviction};
use crate::livechats::loading::Livechats;
use crate::livechats::memory_use::{Limits, MemoryUse, Usage};
use crate::livechats::registry::Registry;
use crate::livechats::snapshots::Snapshots;
use crate::log::record::{Author, Position, Record};
use crate::log::store::{self, Store};
use crate::log_reader::LogReader;
use crate::outage;
use crate::runtime::{Runtime, TokioRuntime};
use crate::subscription::{self, Batch, Feed, Scope};
use crate::timekeeper::{self, handle::Timekeeper};
use crate::writer::{self, Writer};

/// How a journal works.
#[derive(Clone)]
pub struct Options {
    /// Commands that may wait to be written before new ones are refused: 1 or more.
    pub queue_commands_max: usize,
    /// Where the time of commands and timers comes from.
    pub clock: Arc<dyn Clock>,
    /// What may be kept in memory.
    pub memory: Limits,
    /// What it runs on.
    pub runtime: Arc<dyn Runtime>,
    /// Whether a server runs on it: then timers wait until the outage is recorded ([`Journal::note_outage`]), so that
    /// none fires for lack of an action that nobody could take while the server was down.
    pub serves: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue_commands_max: 10_000,
            clock: Arc::new(SystemClock),
            memory: Limits::default(),
            runtime: Arc::new(TokioRuntime),
            serves: false,
        }
    }
}

/// The log and the livechats in memory. Cheap to clone.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    context: Arc<Context>,
    eviction: Arc<Eviction>,
    health: Arc<Health>,
    damages: Arc<Damages>,
    feed: Arc<Feed>,
    /// The timekeeper of a server, until it may start.
    timekeeper: Mutex<Option<BoxFuture<'static, ()>>>,
    /// Tells when the writer has ended.
    writer: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

impl Journal {
    /// Opens the log at `sqlite://FILE` or `postgres://…`.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn open(url: &str, options: Options) -> Result<Self, Error> {
        Ok(Self::over(store::open(url).await?, options))
    }

    /// A journal over an open store, with what works for it: the writer, the timekeeper and the eviction.
    pub fn over(store: Arc<dyn Store>, options: Options) -> Self {
        let Options { queue_commands_max, clock, memory, runtime, serves } = options;
        let (queue, queued) = AppendQueue::new(queue_commands_max);
        let (timekeeper, messages) = Timekeeper::new(clock.clone());
        let feed = Arc::new(Feed::new());
        let health = Arc::new(Health::new(store.clone(), clock.clone()));
        let writer = Writer { store: store.clone(), timekeeper: timekeeper.clone(), health: health.clone() };
        let (ended, writer_ended) = oneshot::channel();
        let writing = writer::run(queued, writer, feed.clone(), runtime.clone());
        runtime.spawn(Box::pin(async move {
            writing.await;
            // `close` waits for it.
            let _ = ended.send(());
        }));
        let (registry, memory) = (Arc::new(Registry::default()), Arc::new(MemoryUse::new(memory)));
        let (damages, snapshots) = (Arc::default(), Snapshots::new(store.clone(), runtime.clone()));
        let livechats = Livechats {
            store: store.clone(),
            registry: registry.clone(),
            memory: memory.clone(),
            damages: Arc::clone(&damages),
            snapshots: snapshots.clone(),
            feed: feed.clone(),
            timekeeper: timekeeper.clone(),
        };
        let eviction = Arc::new(Eviction {
            registry,
            memory: memory.clone(),
            snapshots: snapshots.clone(),
            timekeeper: timekeeper.clone(),
            clock: clock.clone(),
        });
        let log = LogReader { store: store.clone(), runtime: runtime.clone(), damages: Arc::clone(&damages) };
        let context = Arc::new(Context {
            store,
            clock: clock.clone(),
            runtime: runtime.clone(),
            log,
            livechats,
            snapshots,
            queue: Arc::new(queue),
            outages: Arc::default(),
            timekeeper,
        });
        let timekeeping: BoxFuture<'static, ()> =
            Box::pin(timekeeper::run(messages, clock, Arc::downgrade(&context)));
        let timekeeping = if serves {
            Some(timekeeping)
        } else {
            runtime.spawn(timekeeping);
            None
        };
        runtime.spawn(Box::pin(eviction::run(Arc::downgrade(&eviction), memory)));
        Self(Arc::new(Inner {
            context,
            eviction,
            health,
            damages,
            feed,
            timekeeper: Mutex::new(timekeeping),
            writer: tokio::sync::Mutex::new(Some(writer_ended)),
        }))
    }

    /// Determines the time during which no server was up, and records heartbeats from now on. To be called once,
    /// by the server that starts, before the first command; other programs that open the log are no server.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn note_outage(&self) -> Result<(), Error> {
        let Context { store, clock, runtime, queue, outages, .. } = &*self.0.context;
        let Some(until) = outages.determine(store.as_ref(), clock.as_ref()).await? else { return Ok(()) };
        let timekeeper = self.0.timekeeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(timekeeper) = timekeeper {
            runtime.spawn(timekeeper);
        }
        store.record_heartbeat(until).await?;
        let (store, queue) = (Arc::downgrade(store), Arc::downgrade(queue));
        runtime.spawn(Box::pin(outage::heartbeats(store, clock.clone(), queue)));
        Ok(())
    }

    /// Executes a command: decides it, makes its events durable, and returns them.
    ///
    /// A command whose `id` was executed before gets the same answer and writes nothing.
    ///
    /// # Errors
    /// [`Error::Rejected`] when a rule refuses it, [`Error::Overloaded`] when too many wait,
    /// [`Error::NotDurable`] when it could not be written; see [`Error`] for what is safe to repeat.
    pub fn execute(
        &self,
        livechat: &LivechatId,
        id: CommandId,
        author: impl Into<Author>,
        action: Action,
    ) -> impl Future<Output = Result<Receipt, Error>> + Send {
        command::execute(&self.0.context, livechat, id, author.into(), action)
    }

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
        Ok(look(&self.0.context.livechats.lock(livechat).await?.livechat))
    }

    /// Looks at the state of a livechat, and waits until what it saw is durable. Returns the position
    /// of the log that state stands: a feed that follows from there misses nothing.
    ///
    /// # Errors
    /// As for a command.
    pub async fn snapshot<T>(
        &self,
        livechat: &LivechatId,
        look: impl FnOnce(&Livechat) -> T,
    ) -> Result<(Position, T), Error> {
        let Context { livechats, queue, .. } = &*self.0.context;
        let resident = livechats.lock(livechat).await?;
        let queued = queue.reserve()?.after_all_before(&resident);
        let seen = (resident.position, look(&resident.livechat));
        drop(resident);
        queued.durable().await?;
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
        subscription::follow(&self.0.feed, self.store().clone(), livechat.clone(), scope, after)
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
        let heads = self.store().read().heads().await?;
        Ok(heads.into_iter().map(|head| (head.livechat, head.position)).collect())
    }

    /// Where the log of a livechat ends; `None` when it has none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn head(&self, livechat: &LivechatId) -> Result<Option<Position>, Error> {
        Ok(self.store().read().head(livechat).await?.map(|head| head.position))
    }

    /// The livechats that have an operator connected, as their logs say.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attended(&self) -> Result<Vec<LivechatId>, Error> {
        Ok(self.store().read().attended().await?)
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
        self.0.context.log.read(livechat, after, limit).await
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
        self.0.context.log.each_of_conversation(livechat, conversation, after, step).await
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
        self.0.context.log.beginning(livechat, conversation).await
    }

    /// Can commands be done? The log can be read, and the last batch was written; if it was not, and that
    /// is a while ago, a row that nobody reads is written to find out whether the database is back.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn check(&self) -> Result<(), Error> {
        if self.is_open() { Ok(self.0.health.check().await?) } else { Err(Error::Closed) }
    }

    /// Whether commands can be written: the writer is there, and nobody has closed the journal.
    pub fn is_open(&self) -> bool {
        self.0.context.queue.is_open()
    }

    /// How many livechats have logs that do not hold together, as far as anybody has tried to load them or to read there.
    /// The others go on.
    pub fn damaged(&self) -> usize {
        self.0.damages.len()
    }

    /// Evicts livechats that are idle or too many, and returns what is left.
    pub async fn tidy(&self) -> Usage {
        self.0.eviction.tidy().await
    }

    /// The store of the log, for readers of the whole log. Anything that appends to it besides the journal counts
    /// as another writer.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.context.store
    }

    /// The clock of this journal.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.context.clock
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    /// Refuses new commands, writes those accepted, and lets go of the database.
    pub async fn close(&self) {
        let Context { store, clock, queue, outages, .. } = &*self.0.context;
        queue.close();
        // A concurrent close waits here, so that the database is not closed under the writer.
        let mut writer = self.0.writer.lock().await;
        if let Some(writer) = writer.as_mut()
            && writer.await.is_err()
        {
            tracing::error!("the writer task panicked");
        }
        *writer = None;
        outages.last_heartbeat(store.as_ref(), clock.as_ref()).await;
        store.close().await;
    }
}
