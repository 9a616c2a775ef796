//! What a journal asks of the machine it runs on, beside the time: threads, and names that nobody has.
//!
//! A server has [`Threads`]. A simulation has its own, under which a run depends on nothing but its seed.

use async_trait::async_trait;
use domain::id::CommandId;
use futures::future::BoxFuture;
use tokio::runtime::{Handle, RuntimeFlavor};
use uuid::Uuid;

/// What a journal runs on.
#[async_trait]
pub trait Host: Send + Sync + 'static {
    /// Runs a task beside whoever asks, to its end.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Runs a task apart from all others, so that it never waits until they have had their turn. Returns when
    /// it has ended, or could not begin.
    async fn apart(&self, name: &'static str, task: BoxFuture<'static, ()>);

    /// Does what takes milliseconds where nobody waits for it.
    fn compute(&self, work: Box<dyn FnOnce() + Send>);

    /// A name for what a journal does by itself: no other command has it.
    fn new_id(&self) -> CommandId;
}

/// The threads of the machine: the runtime's, and one for each task apart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Threads;

/// Does what takes longer than some milliseconds, while the others on this thread of the runtime go on on another.
/// On a runtime that has one thread only, they wait.
pub fn at_length<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        Ok(_) | Err(_) => work(),
    }
}

#[async_trait]
impl Host for Threads {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }

    async fn apart(&self, name: &'static str, task: BoxFuture<'static, ()>) {
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            // Dropped at the end, however that ends.
            let _ended = ended;
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(task),
                Err(error) => tracing::error!(%error, name, "a thread cannot run"),
            }
        });
        let _ = end.await;
        match thread.map(std::thread::JoinHandle::join) {
            Ok(Ok(())) => {}
            Ok(Err(_)) => tracing::error!(name, "a thread did not end well"),
            Err(error) => tracing::error!(%error, name, "there is no thread"),
        }
    }

    fn compute(&self, work: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(work);
    }

    fn new_id(&self) -> CommandId {
        CommandId(Uuid::now_v7())
    }
}
