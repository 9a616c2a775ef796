//! The journal: what happens to a command.
//!
//! 1. The livechat is locked, and loaded from its log if it is not in memory.
//! 2. A place in the writer's queue is reserved; without one the command is refused at once.
//! 3. A command done before is answered as the first time.
//! 4. Timers that fell due before now fire first; then the command is decided and applied.
//! 5. The events are queued and the livechat unlocked: the next command is decided on top of them
//!    while they are being written.
//! 6. Once they are durable, whoever asked is answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use domain::id::CommandId;
use domain::{Action, Actor, Command, Instant, LivechatId, Rejection};
use futures::{StreamExt, TryStreamExt};
use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio::task::JoinHandle;

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::feed::Feed;
use crate::loaded::Loaded;
use crate::queued::{Place, enqueue, seal, settle};
use crate::receipts::Span;
use crate::recorded::{Position, Recorded};
use crate::store::{self, Store};
use crate::timekeeper::{self, Again, Told};
use crate::writer::{self, Pending};

/// How a journal works.
#[derive(Clone)]
pub struct Options {
    /// Commands that may wait to be written before new ones are refused: 1 or more.
    pub queue_commands_max: usize,
    /// Where the time of commands and timers comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue_commands_max: 10_000, clock: Arc::new(SystemClock) }
    }
}

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Up to where the log has to be read to see what the command did.
    pub position: Position,
    /// What the command made happen, and what followed; empty when it changed nothing.
    pub records: Vec<Arc<Recorded>>,
}

/// The log and the livechats in memory. Cheap to clone.
#[derive(Clone)]
pub struct Journal(pub(crate) Arc<Inner>);

pub(crate) struct WeakJournal(Weak<Inner>);

impl WeakJournal {
    pub(crate) fn upgrade(&self) -> Option<Journal> {
        self.0.upgrade().map(Journal)
    }
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<LivechatId, Arc<tokio::sync::Mutex<Slot>>>>,
    queue: Mutex<Option<mpsc::Sender<Pending>>>,
    pub(crate) feed: Arc<Feed>,
    deadlines: mpsc::UnboundedSender<Told>,
    writer: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

/// The place of a livechat in memory, loaded or not.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub(crate) loaded: Option<Loaded>,
    deadline: Option<Instant>,
}

impl Journal {
    /// Opens the log at `sqlite://FILE` or `postgres://…`.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn open(url: &str, options: Options) -> Result<Self, Error> {
        Ok(Self::over(store::open(url).await?, options))
    }

    /// A journal over an open store.
    pub fn over(store: Arc<dyn Store>, options: Options) -> Self {
        let (queue, waiting) = mpsc::channel(options.queue_commands_max.max(1));
        let (deadlines, told) = mpsc::unbounded_channel();
        let feed = Arc::new(Feed::new());
        let again = Again { deadlines: deadlines.clone(), clock: options.clock.clone() };
        let writer = tokio::spawn(writer::run(waiting, store.clone(), feed.clone(), again));
        let inner = Arc::new(Inner {
            store,
            clock: options.clock.clone(),
            slots: Mutex::default(),
            queue: Mutex::new(Some(queue)),
            feed,
            deadlines,
            writer: tokio::sync::Mutex::new(Some(writer)),
        });
        tokio::spawn(timekeeper::run(told, options.clock, WeakJournal(Arc::downgrade(&inner))));
        Self(inner)
    }

    /// Does a command: decides it, makes what happened durable, and tells it.
    ///
    /// A command whose `id` was done before is answered as the first time and writes nothing.
    ///
    /// # Errors
    /// [`Error::Rejected`] when a rule refuses it, [`Error::Overloaded`] when too many wait,
    /// [`Error::NotDurable`] when it could not be written; see [`Error`] for what is safe to repeat.
    pub async fn execute(
        &self,
        livechat: &LivechatId,
        id: CommandId,
        by: Actor,
        action: Action,
    ) -> Result<Receipt, Error> {
        let mut slot = self.load(livechat).await?;
        // Only now, so that those who wait for one livechat to load take no places from the others.
        let place = match self.reserve() {
            Ok(place) => place,
            Err(error) => {
                self.tell_deadline(livechat, &mut slot);
                return Err(error);
            }
        };
        let Slot { loaded: Some(loaded), .. } = &mut *slot else { return Err(Error::Closed) };
        if let Some(span) = loaded.receipts.get(id) {
            let done = enqueue(place, loaded, vec![], vec![]);
            self.tell_deadline(livechat, &mut slot);
            drop(slot);
            settle(done).await?;
            return self.repeat(livechat, span, &by, &action).await;
        }
        if let Action::RequestConversation(conversation, _) = &action {
            // An id used so long ago that nobody remembers it: the log does.
            self.tell_deadline(livechat, &mut slot);
            if !self.0.store.conversation(livechat, *conversation, 0, 1).await?.is_empty() {
                let known = domain::conversation::Rejection::Exists(*conversation);
                return Err(Rejection::from(known).into());
            }
        }
        let Slot { loaded: Some(loaded), .. } = &mut *slot else { return Err(Error::Closed) };
        let _doubt = loaded.fate.doubt();
        let now = self.0.clock.now();
        let mut records = Vec::new();
        let mut entries = Vec::new();
        if loaded.livechat.next_deadline().is_some_and(|deadline| deadline <= now) {
            let fired = loaded.livechat.tick(now);
            seal(loaded, livechat, CommandId(uuid::Uuid::now_v7()), fired, &mut records, &mut entries)?;
        }
        let fired = records.len();
        let refusal = match loaded.livechat.handle_command(&Command { at: now, by, action }) {
            Ok(story) => {
                let span = Span {
                    first: loaded.position + 1,
                    count: u32::try_from(story.len()).unwrap_or(u32::MAX),
                };
                seal(loaded, livechat, id, story, &mut records, &mut entries)?;
                loaded.receipts.remember(id, span);
                None
            }
            Err(refusal) => Some(refusal),
        };
        let position = loaded.position;
        let answer = records.split_off(fired);
        records.extend(answer.iter().cloned());
        // Told before the batch is queued: should that fail, the writer's wake-up has the last word.
        self.tell_deadline(livechat, &mut slot);
        let Some(loaded) = &slot.loaded else { return Err(Error::Closed) };
        let done = enqueue(place, loaded, entries, records);
        drop(slot);
        settle(done).await?;
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => Ok(Receipt { position, records: answer }),
        }
    }

    /// Fires what is due in a livechat now. The timekeeper has forgotten what it was told of it, so
    /// it is told anew.
    pub(crate) async fn tick(&self, livechat: &LivechatId) {
        if let Ok(mut slot) = self.load(livechat).await {
            slot.deadline = None;
        }
        let id = CommandId(uuid::Uuid::now_v7());
        match self.execute(livechat, id, Actor::System, Action::Tick).await {
            Ok(_) | Err(Error::Closed | Error::Rejected(_)) => {}
            Err(error @ (Error::Overloaded | Error::NotDurable(_) | Error::Store(_))) => {
                tracing::warn!(livechat = %livechat, %error, "timers could not fire; trying again");
                Again { deadlines: self.0.deadlines.clone(), clock: self.0.clock.clone() }.wake(livechat);
            }
            Err(error @ (Error::Damaged { .. } | Error::Unreadable(_))) => {
                tracing::error!(livechat = %livechat, %error, "timers cannot fire");
            }
        }
    }

    /// Loads every livechat that has a log, so that timers which fell due while the server was down
    /// fire. Livechats whose log is damaged are reported and left out.
    ///
    /// # Errors
    /// When the database cannot be read: no livechat is forgotten because of that.
    pub async fn wake(&self) -> Result<Vec<LivechatId>, Error> {
        let livechats: Vec<LivechatId> =
            self.0.store.heads().await?.into_iter().map(|head| head.livechat).collect();
        let loading = livechats.into_iter().map(|livechat| async move {
            match self.lock(&livechat).await {
                Ok(_) => Ok(Some(livechat)),
                Err(error @ (Error::Damaged { .. } | Error::Unreadable(_))) => {
                    tracing::error!(livechat = %livechat, %error, "a livechat cannot be loaded");
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        });
        futures::stream::iter(loading)
            .buffer_unordered(8)
            .try_filter_map(|woken| async move { Ok(woken) })
            .try_collect()
            .await
    }

    /// The clock of this journal.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Refuses new commands, writes those accepted, and lets go of the database.
    pub async fn close(&self) {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Whoever closes at the same time waits here, so that nobody takes the database from the writer.
        let mut writer = self.0.writer.lock().await;
        if let Some(writer) = writer.as_mut()
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the writer did not end well");
        }
        *writer = None;
        self.0.store.close().await;
    }

    /// What a command that was done before made happen, read from the log.
    ///
    /// The same id for another command, or from somebody else, is refused.
    async fn repeat(
        &self,
        livechat: &LivechatId,
        span: Span,
        by: &Actor,
        action: &Action,
    ) -> Result<Receipt, Error> {
        if span.count == 0 {
            return Ok(Receipt { position: span.first - 1, records: vec![] });
        }
        let records = self.read(livechat, span.first - 1, span.count as usize).await?;
        let same = |first: &Arc<Recorded>| first.event.by == *by && action.is_told_by(&first.event.fact);
        if !records.first().is_some_and(same) {
            return Err(Rejection::KeyUsed.into());
        }
        Ok(Receipt { position: span.first + Position::from(span.count) - 1, records })
    }

    /// Takes a place in the writer's queue before anything is decided: what is decided can be queued.
    pub(crate) fn reserve(&self) -> Result<Place, Error> {
        let queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        queue.ok_or(Error::Closed)?.try_reserve_owned().map_err(|error| {
            metrics::counter!("journal_commands_shed_total").increment(1);
            match error {
                mpsc::error::TrySendError::Full(_) => Error::Overloaded,
                mpsc::error::TrySendError::Closed(_) => Error::Closed,
            }
        })
    }

    /// The livechat, locked and loaded, and its timers running.
    pub(crate) async fn lock(&self, livechat: &LivechatId) -> Result<OwnedMutexGuard<Slot>, Error> {
        let mut slot = self.load(livechat).await?;
        self.tell_deadline(livechat, &mut slot);
        Ok(slot)
    }

    /// The livechat, locked and loaded; its deadline is still to be told. When it had been loaded
    /// before, what the log holds beyond what was published since (written though it was reported
    /// lost, or by another writer) is published.
    async fn load(&self, livechat: &LivechatId) -> Result<OwnedMutexGuard<Slot>, Error> {
        let slot = {
            let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.entry(livechat.clone()).or_default().clone()
        };
        let mut slot = slot.lock_owned().await;
        if slot.loaded.as_ref().is_none_or(|loaded| loaded.fate.is_broken()) {
            let published = slot.loaded.as_ref().map(|loaded| loaded.fate.durable());
            let (loaded, missed) = Loaded::from_log(self.0.store.as_ref(), livechat, published).await?;
            slot.loaded = Some(loaded);
            if !missed.is_empty() {
                self.0.feed.publish(Arc::new(missed));
            }
            // What the timekeeper knows may come from what was lost, or be a retry.
            slot.deadline = None;
            let _ = self.0.deadlines.send((livechat.clone(), None));
        }
        Ok(slot)
    }

    /// Tells the timekeeper when this livechat has to be woken, if that has changed.
    pub(crate) fn tell_deadline(&self, livechat: &LivechatId, slot: &mut Slot) {
        let deadline = slot.loaded.as_ref().and_then(|loaded| loaded.livechat.next_deadline());
        if deadline != slot.deadline {
            slot.deadline = deadline;
            let _ = self.0.deadlines.send((livechat.clone(), deadline));
        }
    }

    /// Whether commands can be written: the writer is there, and nobody has closed the journal.
    pub fn is_open(&self) -> bool {
        let queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }
}
