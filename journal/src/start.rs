//! Opens a journal and starts what works for it: the writer, the timekeeper and the eviction.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use futures::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::error::Error;
use crate::eviction;
use crate::feed::Feed;
use crate::health::Health;
use crate::journal::{Inner, Journal, Options, WeakJournal};
use crate::memory_use::MemoryUse;
use crate::store::{self, Store};
use crate::timekeeper;
use crate::timekeeper_messages::RetryLater;
use crate::writer::{self, Writer};

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
        let (to_timekeeper, from_journal) = mpsc::unbounded_channel();
        let feed = Arc::new(Feed::new());
        let health = Arc::new(Health::default());
        let retry = RetryLater { to_timekeeper: to_timekeeper.clone(), clock: options.clock.clone() };
        let writer = Writer { store: store.clone(), retry, health: health.clone() };
        let runtime = options.runtime;
        let (ended, writer_ended) = oneshot::channel();
        let writing = writer::run(queued, writer, feed.clone(), runtime.clone());
        runtime.spawn(Box::pin(async move {
            writing.await;
            // `close` waits for it.
            let _ = ended.send(());
        }));
        let memory = Arc::new(MemoryUse::new(options.memory));
        let inner = Arc::new(Inner {
            store,
            clock: options.clock.clone(),
            runtime: runtime.clone(),
            livechats: Mutex::default(),
            memory: memory.clone(),
            health,
            damages: Arc::default(),
            snapshots: Arc::new(Semaphore::new(1)),
            queue: Mutex::new(Some(queue)),
            feed,
            to_timekeeper,
            outage: OnceLock::new(),
            resumed: Mutex::default(),
            timekeeper: Mutex::default(),
            writer: tokio::sync::Mutex::new(Some(writer_ended)),
        });
        let weak = WeakJournal(Arc::downgrade(&inner));
        let timekeeper: BoxFuture<'static, ()> =
            Box::pin(timekeeper::run(from_journal, options.clock, weak.clone()));
        if options.serves {
            *inner.timekeeper.lock().unwrap_or_else(PoisonError::into_inner) = Some(timekeeper);
        } else {
            runtime.spawn(timekeeper);
        }
        runtime.spawn(Box::pin(eviction::run(weak, memory)));
        Self(inner)
    }
}
