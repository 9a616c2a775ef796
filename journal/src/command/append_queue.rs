//! From applied events to the writer's queue, and the answer that comes back.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::CommandId;
use domain::{Event, LivechatId};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::error::Error;
use crate::livechats::generation::Generation;
use crate::livechats::resident::Resident;
use crate::log::entry::{Entry, WakeUp};
use crate::log::record::Record;

/// What waits to be written; without entries, an answer that waits for those before it.
pub(crate) struct Pending {
    pub(crate) entries: Vec<Entry>,
    pub(crate) records: Vec<Arc<Record>>,
    pub(crate) generation: Arc<Generation>,
    pub(crate) done: oneshot::Sender<Result<(), Error>>,
}

/// The queue in front of the writer, until it is closed.
pub(crate) struct AppendQueue(Mutex<Option<mpsc::Sender<Pending>>>);

impl AppendQueue {
    /// A queue with room for so many commands, and its end at the writer.
    pub(crate) fn new(commands_max: usize) -> (Self, mpsc::Receiver<Pending>) {
        let (queue, queued) = mpsc::channel(commands_max.max(1));
        (Self(Mutex::new(Some(queue))), queued)
    }

    fn sender(&self) -> MutexGuard<'_, Option<mpsc::Sender<Pending>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves a permit before anything is decided, so that whatever is decided can be queued.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when the queue is full, [`Error::Closed`] when nothing is written any more.
    pub(crate) fn reserve(&self) -> Result<Permit, Error> {
        let queue = self.sender().clone().ok_or(Error::Closed)?;
        queue.try_reserve_owned().map(Permit).map_err(|error| {
            metrics::counter!("journal_commands_shed_total").increment(1);
            match error {
                TrySendError::Full(_) => Error::Overloaded,
                TrySendError::Closed(_) => Error::Closed,
            }
        })
    }

    /// Whether commands can be written: the writer is there, and nobody has closed the queue.
    pub(crate) fn is_open(&self) -> bool {
        self.sender().as_ref().is_some_and(|queue| !queue.is_closed())
    }

    /// Takes nothing more: the writer ends once it has written what is there.
    pub(crate) fn close(&self) {
        self.sender().take();
    }
}

/// Applied events with their positions in the log, and their stored form.
#[derive(Default)]
pub(crate) struct Sealed {
    pub(crate) records: Vec<Arc<Record>>,
    entries: Vec<Entry>,
}

impl Sealed {
    /// Adds events that were applied to a livechat, which goes on after them.
    ///
    /// # Errors
    /// [`Error::Damaged`] when one has no stored form, which no event lacks.
    pub(crate) fn add(
        &mut self,
        livechat: &LivechatId,
        resident: &mut Resident,
        (command, address): (CommandId, Option<IpAddr>),
        events: Vec<Event>,
    ) -> Result<(), Error> {
        let wake_up = WakeUp::of(&resident.livechat);
        for event in events {
            let (livechat, position) = (livechat.clone(), resident.position + 1);
            let record = Record { livechat, position, command, address, event };
            let entry = Entry::seal(&record, &resident.hash, wake_up).map_err(|error| {
                resident.generation.invalidate();
                Error::Damaged { livechat: record.livechat.clone(), problem: error.to_string() }
            })?;
            resident.position = record.position;
            resident.hash = entry.hash;
            self.entries.push(entry);
            self.records.push(Arc::new(record));
        }
        Ok(())
    }
}

/// The right to put one command into the queue.
pub(crate) struct Permit(mpsc::OwnedPermit<Pending>);

impl Permit {
    /// Queues events, or, without any, an answer that depends on events still being written.
    pub(crate) fn enqueue(self, resident: &Resident, Sealed { records, entries }: Sealed) -> Queued {
        if entries.is_empty() && resident.generation.durable() >= resident.position {
            return Queued(None);
        }
        let (done, answer) = oneshot::channel();
        self.0.send(Pending { entries, records, generation: resident.generation.clone(), done });
        Queued(Some(answer))
    }

    /// Queues an answer that depends on what was decided before.
    pub(crate) fn after_all_before(self, resident: &Resident) -> Queued {
        self.enqueue(resident, Sealed::default())
    }
}

/// What was queued; nothing when everything is durable already.
#[must_use]
pub(crate) struct Queued(Option<oneshot::Receiver<Result<(), Error>>>);

impl Queued {
    /// Waits until it is durable.
    ///
    /// # Errors
    /// Why it is not.
    pub(crate) async fn durable(self) -> Result<(), Error> {
        match self.0 {
            None => Ok(()),
            Some(answer) => answer.await.unwrap_or(Err(Error::Closed)),
        }
    }
}
