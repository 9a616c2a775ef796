//! The floors with followers, in memory, each kept up to date by a task of its own.

use std::sync::Arc;
use std::time::Duration;

use domain::LivechatId;
use futures::{Stream, stream};
use journal::Journal;
use projections::Queries;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::followed_floor::FollowedFloor;
use super::registry::Registry;
use super::task::Task;
use super::view::Broken;
use crate::http::problem::Problem;

/// The shortest time between two frames with the number of waiting visitors.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the first frame of a floor waits for today's totals.
const FIRST_TOTALS: Duration = Duration::from_secs(2);

/// The floors that are followed. Cheap to clone.
#[derive(Clone)]
pub struct LiveFloors(Arc<Inner>);

struct Inner {
    journal: Journal,
    views: Queries,
    stopping: CancellationToken,
    tasks: TaskTracker,
    registry: Registry,
}

impl LiveFloors {
    /// No floor is followed yet. Followed ones are dropped once the server is `stopping`, which waits for `tasks`.
    pub fn new(journal: Journal, views: Queries, stopping: CancellationToken, tasks: TaskTracker) -> Self {
        Self(Arc::new(Inner { journal, views, stopping, tasks, registry: Registry::default() }))
    }

    /// Are the rows complete? Otherwise every caller would fold a floor from the beginning of the log.
    pub(super) async fn complete(&self, livechat: &LivechatId) -> Result<(), Problem> {
        let complete = self.0.views.complete(livechat).await;
        // The floor itself continues from where the rows stop.
        if matches!(complete, Err(projections::Error::Stopped(_))) {
            Ok(())
        } else {
            complete.map_err(Problem::from)
        }
    }

    /// Returns once this floor shows every command answered before: the author of a command sees what it did.
    pub(super) async fn ready(&self, live: &FollowedFloor) -> Result<(), Broken> {
        let head = self.0.journal.snapshot(&live.livechat, |_| ()).await;
        let (head, ()) = head.map_err(|error| {
            tracing::warn!(livechat = %live.livechat, %error, "the log cannot be read");
            Broken
        })?;
        let mut reached = live.positions();
        tokio::select! {
            reached = reached.wait_for(|reached| *reached >= head) => reached.map(|_| ()).map_err(|_| Broken),
            () = live.over() => Err(Broken),
        }
    }

    /// Counts today's totals, unless they are known, so that the first frame of the floor has them. Tables that
    /// cannot be read are no reason not to show the floor: the totals are sent later then.
    pub(super) async fn counted(&self, live: &FollowedFloor) {
        if live.has_totals() {
            return;
        }
        let now = self.0.journal.clock().now();
        match tokio::time::timeout(FIRST_TOTALS, self.0.views.today(&live.livechat, now)).await {
            Ok(Ok(today)) => live.set_first_totals(today),
            Ok(Err(error)) => {
                tracing::warn!(livechat = %live.livechat, %error, "today's totals cannot be read");
            }
            Err(_) => {}
        }
    }

    /// The floor of a livechat, for as long as it is held.
    pub(super) fn live(&self, livechat: &LivechatId) -> Arc<FollowedFloor> {
        let Inner { journal, views, stopping, tasks, registry } = &*self.0;
        let (floor, is_new) = registry.get_or_insert(livechat);
        if is_new {
            let (journal, views, registry) = (journal.clone(), views.clone(), registry.clone());
            let task = Task { journal, views, registry, floor: floor.clone() };
            tasks.spawn(task.run(stopping.clone()));
        }
        floor
    }

    /// How many visitors wait, now and whenever it has changed, at most once a second.
    pub(crate) fn waiting(&self, livechat: &LivechatId) -> impl Stream<Item = usize> + Send + use<> {
        let (floors, livechat) = (self.clone(), livechat.clone());
        stream::unfold((floors, livechat, None), |(floors, livechat, sent)| async move {
            if sent.is_some() {
                tokio::time::sleep(PAUSE).await;
            }
            loop {
                let live = floors.live(&livechat);
                let mut waiting = live.waiting();
                let changed = waiting.wait_for(|waiting| waiting.is_some() && *waiting != sent);
                tokio::select! {
                    changed = changed => {
                        let now = changed.ok().and_then(|waiting| *waiting);
                        if let Some(now) = now {
                            return Some((now, (floors, livechat, Some(now))));
                        }
                    }
                    () = live.over() => {}
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
    }

    /// Can the livechat be loaded?
    pub(super) async fn look_at(&self, livechat: &LivechatId) -> Result<(), journal::Error> {
        self.0.journal.peek(livechat, |_| ()).await
    }
}
