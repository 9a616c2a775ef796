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
use std::time::Duration;

use domain::id::CommandId;
use domain::{Action, Actor, Command, Instant, LivechatId, Rejection};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::feed::Feed;
use crate::health::Health;
use crate::loaded::Loaded;
use crate::memory::{self, Limits, Memory};
use crate::queued::{Place, enqueue, seal, settle};
use crate::receipts::Span;
use crate::recorded::{Position, Recorded};
use crate::snapshot::Moment;
use crate::store::{self, Store, StoreError};
use crate::timekeeper::{self, Again, News};
use crate::writer::{self, Pending, Writer};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long a livechat may be locked before those who wait for it are told to try again: a rule takes
/// microseconds, so that it is being loaded, and the database does not answer or has a lot to say.
const LOCK_MAX: Duration = Duration::from_secs(5);

/// How a journal works.
#[derive(Clone)]
pub struct Options {
    /// Commands that may wait to be written before new ones are refused: 1 or more.
    pub queue_commands_max: usize,
    /// Where the time of commands and timers comes from.
    pub clock: Arc<dyn Clock>,
    /// What may be kept in memory.
    pub memory: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue_commands_max: 10_000, clock: Arc::new(SystemClock), memory: Limits::default() }
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

#[derive(Clone)]
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
    pub(crate) memory: Arc<Memory>,
    pub(crate) health: Arc<Health>,
    /// Snapshots are written one at a time.
    snapshots: Arc<Semaphore>,
    queue: Mutex<Option<mpsc::Sender<Pending>>>,
    pub(crate) feed: Arc<Feed>,
    news: mpsc::UnboundedSender<News>,
    writer: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

/// The place of a livechat in memory, loaded or not.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) loaded: Option<Loaded>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) used_at: std::time::Instant,
}

impl Default for Slot {
    fn default() -> Self {
        Self { loaded: None, deadline: None, used_at: std::time::Instant::now() }
    }
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
        let (news, told) = mpsc::unbounded_channel();
        let feed = Arc::new(Feed::new());
        let health = Arc::new(Health::default());
        let again = Again { news: news.clone(), clock: options.clock.clone() };
        let writer = Writer { store: store.clone(), again, health: health.clone() };
        let writer = tokio::spawn(writer::run(waiting, writer, feed.clone()));
        let memory = Arc::new(Memory::new(options.memory));
        let inner = Arc::new(Inner {
            store,
            clock: options.clock.clone(),
            slots: Mutex::default(),
            memory: memory.clone(),
            health,
            snapshots: Arc::new(Semaphore::new(1)),
            queue: Mutex::new(Some(queue)),
            feed,
            news,
            writer: tokio::sync::Mutex::new(Some(writer)),
        });
        let weak = WeakJournal(Arc::downgrade(&inner));
        tokio::spawn(timekeeper::run(told, options.clock, weak.clone()));
        tokio::spawn(memory::run(weak, memory));
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
            if !self.0.store.read().conversation(livechat, *conversation, 0, 1).await?.is_empty() {
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
        let Some(loaded) = &mut slot.loaded else { return Err(Error::Closed) };
        let done = enqueue(place, loaded, entries, records);
        let moment = self.moment_to_keep(loaded);
        drop(slot);
        settle(done).await?;
        if let Some(moment) = moment {
            self.keep_in_background(livechat, moment);
        }
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
                Again { news: self.0.news.clone(), clock: self.0.clock.clone() }.wake(livechat);
            }
            Err(error @ (Error::Damaged { .. } | Error::Unreadable(_) | Error::Unwritable(_))) => {
                tracing::error!(livechat = %livechat, %error, "timers cannot fire");
            }
        }
    }

    /// Asks the log which livechats have to be woken soon, and tells the timekeeper.
    pub(crate) async fn ask_who_wakes(&self) {
        let at = self.0.clock.now();
        let news = match self.0.store.read().waking(at + timekeeper::ROUND + timekeeper::ROUND).await {
            Ok(waking) => News::Round { at, waking },
            Err(error) => {
                tracing::warn!(%error, "the log cannot be asked which timers fall due; trying again");
                News::NoRound
            }
        };
        let _ = self.0.news.send(news);
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
        // While the database is away, whoever holds the lock waits for a connection and then gives up.
        // Those behind it do not do the same one after the other, but are told at the same time.
        let mut slot = match slot.clone().try_lock_owned() {
            Ok(slot) => slot,
            Err(_) => tokio::time::timeout(LOCK_MAX, slot.lock_owned())
                .await
                .map_err(|_| StoreError::Silent(LOCK_MAX))?,
        };
        slot.touch();
        if slot.loaded.as_ref().is_none_or(|loaded| loaded.fate.is_broken()) {
            let published = slot.loaded.as_ref().map(|loaded| loaded.fate.durable());
            let store = self.0.store.as_ref();
            let (mut loaded, missed) = Loaded::from_log(store, livechat, published).await?;
            self.0.memory.grew(&loaded);
            if let Some(moment) = self.moment_to_keep(&mut loaded) {
                self.keep_in_background(livechat, moment);
            }
            slot.loaded = Some(loaded);
            if !missed.is_empty() {
                self.0.feed.publish(Arc::new(missed));
            }
            // What the timekeeper knows may come from what was lost, or be a retry.
            slot.deadline = None;
            self.forget_deadline(livechat);
        }
        Ok(slot)
    }

    /// Tells the timekeeper when this livechat has to be woken, if that has changed.
    pub(crate) fn tell_deadline(&self, livechat: &LivechatId, slot: &mut Slot) {
        let deadline = slot.loaded.as_ref().and_then(|loaded| loaded.livechat.next_deadline());
        if deadline != slot.deadline {
            slot.deadline = deadline;
            let _ = self.0.news.send(News::Deadline(livechat.clone(), deadline));
        }
    }

    /// Tells the timekeeper not to wake this livechat, or to ask the log when.
    pub(crate) fn forget_deadline(&self, livechat: &LivechatId) {
        let _ = self.0.news.send(News::Deadline(livechat.clone(), None));
    }

    /// Every livechat that has a place in memory.
    pub(crate) fn slots(&self) -> Vec<(LivechatId, Arc<tokio::sync::Mutex<Slot>>)> {
        let slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.iter().map(|(livechat, slot)| (livechat.clone(), slot.clone())).collect()
    }

    /// The place of a livechat in memory.
    pub(crate) fn slot_if_there(&self, livechat: &LivechatId) -> Option<Arc<tokio::sync::Mutex<Slot>>> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner).get(livechat).cloned()
    }

    /// Takes a place out of memory, unless somebody waits for it: there are never two of one livechat.
    pub(crate) fn forget_slot(&self, livechat: &LivechatId, slot: OwnedMutexGuard<Slot>) {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours and the table's: nobody can take another while the table is locked.
        if Arc::strong_count(OwnedMutexGuard::mutex(&slot)) == 2 {
            slots.remove(livechat);
        }
        drop(slot);
    }

    /// The state to keep, when it is time for a snapshot and no other is being written.
    fn moment_to_keep(&self, loaded: &mut Loaded) -> Option<(Moment, OwnedSemaphorePermit)> {
        if !loaded.deserves_snapshot() {
            return None;
        }
        let permit = self.0.snapshots.clone().try_acquire_owned().ok()?;
        loaded.snapshot_at = loaded.position;
        Some((Moment::of(loaded), permit))
    }

    /// Keeps a state that is durable, while others go on.
    fn keep_in_background(&self, livechat: &LivechatId, (moment, permit): (Moment, OwnedSemaphorePermit)) {
        let (journal, livechat) = (self.clone(), livechat.clone());
        tokio::spawn(async move {
            journal.keep_snapshot(&livechat, moment).await;
            drop(permit);
        });
    }

    /// Keeps a state that is durable. A snapshot that cannot be kept is missed by nobody but the clock.
    pub(crate) async fn keep_snapshot(&self, livechat: &LivechatId, moment: Moment) {
        let written = tokio::task::spawn_blocking(move || moment.write_down()).await;
        let kept: Result<(), BoxError> = match written {
            Ok(Ok(snapshot)) => self.0.store.keep(livechat, &snapshot).await.map_err(Into::into),
            Ok(Err(error)) => Err(error.into()),
            Err(error) => Err(error.into()),
        };
        match kept {
            Ok(()) => metrics::counter!("journal_snapshots_total").increment(1),
            Err(error) => tracing::warn!(livechat = %livechat, %error, "a snapshot could not be kept"),
        }
    }

    /// Whether commands can be written: the writer is there, and nobody has closed the journal.
    pub fn is_open(&self) -> bool {
        let queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }
}
