//! What a journal asks of the machine it runs on, besides the time: threads, and unique ids.
//!
//! A server has [`TokioRuntime`]. A simulation has its own, under which a run depends on nothing but its seed.

use async_trait::async_trait;
use domain::id::CommandId;
use futures::future::BoxFuture;
use tokio::runtime::{Handle, RuntimeFlavor};
use uuid::Uuid;

/// What a journal runs on.
#[async_trait]
pub trait Runtime: Send + Sync + 'static {
    /// Runs a task in the background, to its end.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Runs a task on a thread of its own, so that it never waits for other tasks. Returns when it has ended, or could
    /// not start.
    async fn spawn_dedicated(&self, name: &'static str, task: BoxFuture<'static, ()>);

    /// Runs work that takes milliseconds on a thread for blocking work.
    fn compute(&self, work: Box<dyn FnOnce() + Send>);

    /// An id for a command of the journal itself: unique.
    fn new_id(&self) -> CommandId;
}

/// The threads of Tokio, and one for each dedicated task.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioRuntime;

/// Runs work that takes longer than some milliseconds, while other tasks of this thread move to another. On a
/// single-threaded runtime, they wait.
pub fn block_in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        Ok(_) | Err(_) => work(),
    }
}

#[async_trait]
impl Runtime for TokioRuntime {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }

    async fn spawn_dedicated(&self, name: &'static str, task: BoxFuture<'static, ()>) {
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
            Ok(Err(_)) => tracing::error!(name, "a thread panicked"),
            Err(error) => tracing::error!(%error, name, "cannot spawn a thread"),
        }
    }

    fn compute(&self, work: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(work);
    }

    fn new_id(&self) -> CommandId {
        CommandId(Uuid::now_v7())
    }
}
