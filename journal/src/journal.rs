//! The journal: what happens to a command.
//!
//! 1. The livechat is locked, and loaded from its log if it is not in memory.
//! 2. A place in the writer's queue is reserved; without one the command is refused at once.
//! 3. A command done before is answered as the first time.
//! 4. That the server was down, or the clock set back, is noted, and timers that fell due before now fire; then
//!    the command is decided and applied.
//! 5. The events are queued and the livechat unlocked: the next command is decided on top of them
//!    while they are being written.
//! 6. Once they are durable, whoever asked is answered.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use domain::id::CommandId;
use domain::livechat::Outage;
use domain::{Action, Actor, Command, Livechat, LivechatId, Rejection};
use futures::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::clock::{Clock, SystemClock};
use crate::damage::Damages;
use crate::error::Error;
use crate::feed::Feed;
use crate::health::Health;
use crate::host::{Host, Threads, at_length};
use crate::loaded::Loaded;
use crate::memory::{self, Limits, Memory};
use crate::queued::{Place, enqueue, seal, settle};
use crate::receipts::Span;
use crate::recorded::{Author, Position, Recorded};
use crate::slots::Slot;
use crate::store::{self, Store, StoreError};
use crate::timekeeper::{self, Again, News};
use crate::writer::{self, Pending, Writer};

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
    pub host: Arc<dyn Host>,
    /// Whether it is that of a server: then timers wait until the outage is noted ([`Journal::note_outage`]), so that
    /// none fires for want of what nobody could do meanwhile.
    pub serves: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue_commands_max: 10_000,
            clock: Arc::new(SystemClock),
            memory: Limits::default(),
            host: Arc::new(Threads),
            serves: false,
        }
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
    host: Arc<dyn Host>,
    pub(crate) slots: Mutex<HashMap<LivechatId, Arc<tokio::sync::Mutex<Slot>>>>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) health: Arc<Health>,
    pub(crate) damages: Arc<Damages>,
    /// Snapshots are written one at a time.
    pub(crate) snapshots: Arc<Semaphore>,
    queue: Mutex<Option<mpsc::Sender<Pending>>>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) news: mpsc::UnboundedSender<News>,
    /// When the server was down last, once that is known.
    pub(crate) outage: OnceLock<Outage>,
    /// The livechats that have gone on since.
    pub(crate) gone_on: Mutex<HashSet<LivechatId>>,
    /// The timekeeper of a server, until it may begin.
    pub(crate) timekeeper: Mutex<Option<BoxFuture<'static, ()>>>,
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

    /// A journal over an open store.
    pub fn over(store: Arc<dyn Store>, options: Options) -> Self {
        let (queue, queued) = mpsc::channel(options.queue_commands_max.max(1));
        let (news, told) = mpsc::unbounded_channel();
        let feed = Arc::new(Feed::new());
        let health = Arc::new(Health::default());
        let again = Again { news: news.clone(), clock: options.clock.clone() };
        let writer = Writer { store: store.clone(), again, health: health.clone() };
        let host = options.host;
        let (ended, writer_ended) = oneshot::channel();
        let writing = writer::run(queued, writer, feed.clone(), host.clone());
        host.spawn(Box::pin(async move {
            writing.await;
            // Whoever closes the journal waits for it.
            let _ = ended.send(());
        }));
        let memory = Arc::new(Memory::new(options.memory));
        let inner = Arc::new(Inner {
            store,
            clock: options.clock.clone(),
            host: host.clone(),
            slots: Mutex::default(),
            memory: memory.clone(),
            health,
            damages: Arc::default(),
            snapshots: Arc::new(Semaphore::new(1)),
            queue: Mutex::new(Some(queue)),
            feed,
            news,
            outage: OnceLock::new(),
            gone_on: Mutex::default(),
            timekeeper: Mutex::default(),
            writer: tokio::sync::Mutex::new(Some(writer_ended)),
        });
        let weak = WeakJournal(Arc::downgrade(&inner));
        let timekeeper: BoxFuture<'static, ()> = Box::pin(timekeeper::run(told, options.clock, weak.clone()));
        if options.serves {
            *inner.timekeeper.lock().unwrap_or_else(PoisonError::into_inner) = Some(timekeeper);
        } else {
            host.spawn(timekeeper);
        }
        host.spawn(Box::pin(memory::run(weak, memory)));
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
        author: impl Into<Author>,
        action: Action,
    ) -> Result<Receipt, Error> {
        let Author { by, address } = author.into();
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
            let known = self.0.store.read().conversation(livechat, *conversation, 0, 1).await?;
            if let Some(known) = known.first() {
                let Slot { loaded: Some(loaded), .. } = &*slot else { return Err(Error::Closed) };
                if known.stored.position > loaded.fate.durable() {
                    return Err(self.overtaken(livechat, loaded));
                }
                let known = domain::conversation::Rejection::Exists(*conversation);
                return Err(Rejection::from(known).into());
            }
        }
        let Slot { loaded: Some(loaded), .. } = &mut *slot else { return Err(Error::Closed) };
        let _doubt = loaded.fate.doubt();
        let now = self.0.clock.now();
        let mut records = Vec::new();
        let mut entries = Vec::new();
        let passed = self.pass(livechat, &mut loaded.livechat, now);
        if !passed.is_empty() {
            let by_itself = (self.0.host.new_id(), None);
            seal(loaded, livechat, by_itself, passed, &mut records, &mut entries)?;
        }
        let fired = records.len();
        let is_long = action.is_long();
        let command = Command { at: now, by, action };
        let decide = |livechat: &mut Livechat| livechat.handle_command(&command);
        let decided =
            if is_long { at_length(|| decide(&mut loaded.livechat)) } else { decide(&mut loaded.livechat) };
        let refusal = match decided {
            Ok(story) => {
                let span = Span {
                    first: loaded.position + 1,
                    count: u32::try_from(story.len()).unwrap_or(u32::MAX),
                };
                let sealed = || seal(loaded, livechat, (id, address), story, &mut records, &mut entries);
                if is_long { at_length(sealed) } else { sealed() }?;
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
        self.goes_on(livechat);
        if let Some(moment) = moment {
            self.keep_in_background(livechat, moment);
        }
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => Ok(Receipt { position, records: answer }),
        }
    }

    /// What time makes happen, before a command is decided: an outage is noted, and the livechat woken.
    fn pass(&self, id: &LivechatId, livechat: &mut Livechat, now: domain::Instant) -> Vec<domain::Event> {
        let mut story = match self.outage_of(id) {
            Some(outage) => livechat.resume(outage, now),
            None => vec![],
        };
        if livechat.wakes(now) {
            story.extend(livechat.tick(now));
        }
        story
    }

    /// Where the log is kept, for those who read it as a whole. Whoever appends to it besides the journal is
    /// another writer.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// The clock of this journal.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    pub(crate) fn downgrade(&self) -> WeakJournal {
        WeakJournal(Arc::downgrade(&self.0))
    }

    pub(crate) fn host(&self) -> &Arc<dyn Host> {
        &self.0.host
    }

    /// Refuses new commands, writes those accepted, and lets go of the database.
    pub async fn close(&self) {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Whoever closes at the same time waits here, so that nobody takes the database from the writer.
        let mut writer = self.0.writer.lock().await;
        if let Some(writer) = writer.as_mut()
            && writer.await.is_err()
        {
            tracing::error!("the writer did not end well");
        }
        *writer = None;
        self.last_beat().await;
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
        let (count, mut records) = (span.count as usize, vec![]);
        while records.len() < count {
            let next = span.first + records.len() as Position;
            let more = self.read(livechat, next - 1, count - records.len()).await?;
            if more.is_empty() {
                let problem = format!("record {next} cannot be read");
                return Err(Error::Damaged { livechat: livechat.clone(), problem });
            }
            records.extend(more);
        }
        let same = |first: &Arc<Recorded>| first.event.by == *by && action.is_told_by(&first.event.fact);
        if !records.first().is_some_and(same) {
            return Err(Rejection::KeyUsed.into());
        }
        Ok(Receipt { position: span.first + Position::from(span.count) - 1, records })
    }

    /// Another writer appended to this livechat: what is in memory is old, and nothing can be refused on it.
    fn overtaken(&self, livechat: &LivechatId, loaded: &Loaded) -> Error {
        // What is being written meets the fence.
        if loaded.is_settled() {
            Again { news: self.0.news.clone(), clock: self.0.clock.clone() }.wake(livechat);
            loaded.fate.break_off();
        }
        Error::NotDurable(StoreError::Conflict.to_string())
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

    /// Whether commands can be written: the writer is there, and nobody has closed the journal.
    pub fn is_open(&self) -> bool {
        let queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }
}
