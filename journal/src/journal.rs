//! The journal: what happens to a command.
//!
//! 1. The livechat is locked, and loaded from its log if it is not in memory.
//! 2. A permit for the writer's queue is reserved; without one the command is refused at once.
//! 3. A repeated command gets the answer of the first time.
//! 4. An outage or a clock that was set back is recorded, and timers that are already due fire; then the command is
//!    decided and applied.
//! 5. The events are queued and the livechat unlocked: the next command is decided on top of them
//!    while they are being written.
//! 6. Once they are durable, the caller is answered.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use domain::id::CommandId;
use domain::livechat::Outage;
use domain::{Action, Actor, Command, Livechat, LivechatId, Rejection};
use futures::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::append_queue::{Permit, enqueue, seal, until_durable};
use crate::clock::{Clock, SystemClock};
use crate::damage::Damages;
use crate::error::Error;
use crate::feed::Feed;
use crate::health::Health;
use crate::memory_use::{Limits, MemoryUse};
use crate::receipts::Span;
use crate::record::{Author, Position, Record};
use crate::resident::Resident;
use crate::runtime::{Runtime, TokioRuntime, block_in_place};
use crate::slot::LivechatSlot;
use crate::store::{Store, StoreError};
use crate::timekeeper_messages::{Message, RetryLater};
use crate::writer::Pending;

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

/// The outcome of a command.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Up to where the log has to be read to see what the command did.
    pub position: Position,
    /// What the command made happen, and what followed; empty when it changed nothing.
    pub records: Vec<Arc<Record>>,
}

/// The log and the livechats in memory. Cheap to clone.
#[derive(Clone)]
pub struct Journal(pub(crate) Arc<Inner>);

#[derive(Clone)]
pub(crate) struct WeakJournal(pub(crate) Weak<Inner>);

impl WeakJournal {
    pub(crate) fn upgrade(&self) -> Option<Journal> {
        self.0.upgrade().map(Journal)
    }
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) livechats: Mutex<HashMap<LivechatId, Arc<tokio::sync::Mutex<LivechatSlot>>>>,
    pub(crate) memory: Arc<MemoryUse>,
    pub(crate) health: Arc<Health>,
    pub(crate) damages: Arc<Damages>,
    /// Snapshots are written one at a time.
    pub(crate) snapshots: Arc<Semaphore>,
    pub(crate) queue: Mutex<Option<mpsc::Sender<Pending>>>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) to_timekeeper: mpsc::UnboundedSender<Message>,
    /// When the server was down last, once that is known.
    pub(crate) outage: OnceLock<Outage>,
    /// The livechats that have recorded that outage, or had nothing to record.
    pub(crate) resumed: Mutex<HashSet<LivechatId>>,
    /// The timekeeper of a server, until it may start.
    pub(crate) timekeeper: Mutex<Option<BoxFuture<'static, ()>>>,
    pub(crate) writer: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

impl Journal {
    /// Executes a command: decides it, makes its events durable, and returns them.
    ///
    /// A command whose `id` was executed before gets the same answer and writes nothing.
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
        // Only now, so that callers waiting for one livechat to load take no permits from the others.
        let permit = match self.reserve() {
            Ok(permit) => permit,
            Err(error) => {
                self.report_deadline(livechat, &mut slot);
                return Err(error);
            }
        };
        let LivechatSlot { resident: Some(resident), .. } = &mut *slot else { return Err(Error::Closed) };
        if let Some(span) = resident.receipts.get(id) {
            let done = enqueue(permit, resident, vec![], vec![]);
            self.report_deadline(livechat, &mut slot);
            drop(slot);
            until_durable(done).await?;
            return self.receipt_from_log(livechat, span, &by, &action).await;
        }
        if let Some((conversation, rejection)) = action.must_be_new() {
            // An id used so long ago that the state has forgotten it is still in the log.
            self.report_deadline(livechat, &mut slot);
            let first = self.0.store.read().conversation(livechat, conversation, 0, 1).await?;
            if let Some(first) = first.first() {
                let LivechatSlot { resident: Some(resident), .. } = &*slot else { return Err(Error::Closed) };
                if first.stored.position > resident.generation.durable() {
                    return Err(self.overtaken(livechat, resident));
                }
                return Err(rejection.into());
            }
        }
        let LivechatSlot { resident: Some(resident), .. } = &mut *slot else { return Err(Error::Closed) };
        let _guard = resident.generation.panic_guard();
        let now = self.0.clock.now();
        let mut records = Vec::new();
        let mut entries = Vec::new();
        let passed = self.apply_elapsed_time(livechat, &mut resident.livechat, now);
        if !passed.is_empty() {
            let by_itself = (self.0.runtime.new_id(), None);
            seal(resident, livechat, by_itself, passed, &mut records, &mut entries)?;
        }
        let fired = records.len();
        let is_long = action.is_long();
        let command = Command { at: now, by, action };
        let decide = |livechat: &mut Livechat| livechat.handle_command(&command);
        let decided = if is_long {
            block_in_place(|| decide(&mut resident.livechat))
        } else {
            decide(&mut resident.livechat)
        };
        let refusal = match decided {
            Ok(story) => {
                let span = Span {
                    first: resident.position + 1,
                    count: u32::try_from(story.len()).unwrap_or(u32::MAX),
                };
                let sealed = || seal(resident, livechat, (id, address), story, &mut records, &mut entries);
                if is_long { block_in_place(sealed) } else { sealed() }?;
                resident.receipts.remember(id, span);
                None
            }
            Err(refusal) => Some(refusal),
        };
        let position = resident.position;
        let answer = records.split_off(fired);
        records.extend(answer.iter().cloned());
        // Told before the batch is queued: should that fail, the writer's wake-up has the last word.
        self.report_deadline(livechat, &mut slot);
        let Some(resident) = &mut slot.resident else { return Err(Error::Closed) };
        let done = enqueue(permit, resident, entries, records);
        let state = self.state_to_save(resident);
        drop(slot);
        until_durable(done).await?;
        self.mark_resumed(livechat);
        if let Some(state) = state {
            self.save_in_background(livechat, state);
        }
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => Ok(Receipt { position, records: answer }),
        }
    }

    /// What the passing of time causes, before a command is decided: an outage is recorded, and due timers fire.
    fn apply_elapsed_time(
        &self,
        id: &LivechatId,
        livechat: &mut Livechat,
        now: domain::Timestamp,
    ) -> Vec<domain::Event> {
        let mut story = match self.pending_outage(id) {
            Some(outage) => livechat.resume(outage, now),
            None => vec![],
        };
        if livechat.wakes(now) {
            story.extend(livechat.tick(now));
        }
        story
    }

    /// The store of the log, for readers of the whole log. Anything that appends to it besides the journal counts
    /// as another writer.
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

    pub(crate) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.0.runtime
    }

    /// Refuses new commands, writes those accepted, and lets go of the database.
    pub async fn close(&self) {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A concurrent close waits here, so that the database is not closed under the writer.
        let mut writer = self.0.writer.lock().await;
        if let Some(writer) = writer.as_mut()
            && writer.await.is_err()
        {
            tracing::error!("the writer task panicked");
        }
        *writer = None;
        self.last_heartbeat().await;
        self.0.store.close().await;
    }

    /// The receipt of a command that was executed before, read from the log.
    ///
    /// The same id for another command, or from another author, is refused.
    async fn receipt_from_log(
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
        let same = |first: &Arc<Record>| first.event.by == *by && action.is_recorded_as(&first.event.fact);
        if !records.first().is_some_and(same) {
            return Err(Rejection::KeyUsed.into());
        }
        Ok(Receipt { position: span.first + Position::from(span.count) - 1, records })
    }

    /// Another writer appended to this livechat: the state in memory is stale, and nothing can be refused because of it.
    fn overtaken(&self, livechat: &LivechatId, resident: &Resident) -> Error {
        // What is being written meets the fence.
        if resident.is_settled() {
            RetryLater { to_timekeeper: self.0.to_timekeeper.clone(), clock: self.0.clock.clone() }
                .wake(livechat);
            resident.generation.invalidate();
        }
        Error::NotDurable(StoreError::Conflict.to_string())
    }

    /// Reserves a permit of the writer's queue before anything is decided, so that whatever is decided can be queued.
    pub(crate) fn reserve(&self) -> Result<Permit, Error> {
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
