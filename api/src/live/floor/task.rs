//! The task that keeps one followed floor up to date: it folds the log, and passes on what changed.
//!
//! A floor is read from the rows once, when it is followed for the first time, and goes on from there with the events
//! themselves as soon as they are durable. It is dropped a while after its last follower has left. One with a log that
//! cannot be read is given up: its readers reconnect, and it is loaded again.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::Timelike;
use domain::{ConversationId, LivechatId};
use futures::{FutureExt, StreamExt};
use journal::{Journal, Record, Scope};
use projections::floor::HelpStep;
use projections::{FloorView, LiveFloor, Queries};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::followed_floor::FollowedFloor;
use super::registry::Registry;
use crate::limits::FLOOR_LINGERS;
use crate::live::cursor::Cursor;

/// How often it checks whether totals have changed and whether there are followers.
const LOOK: Duration = Duration::from_secs(1);

/// Events folded before their changes are sent; it does not wait for more.
const EVENTS_AT_ONCE: usize = 1_000;

/// See the module.
pub(super) struct Task {
    pub(super) journal: Journal,
    pub(super) views: Queries,
    pub(super) registry: Registry,
    pub(super) floor: Arc<FollowedFloor>,
}

impl Task {
    /// Folds it until it has had no followers for a while, or the log cannot be read, or the server is `stopping`.
    pub(super) async fn run(self, stopping: CancellationToken) {
        metrics::gauge!("floors_followed").increment(1.0);
        let followed = stopping.run_until_cancelled(self.follow()).await;
        if let Some(Err(error)) = followed {
            tracing::warn!(livechat = %self.floor.livechat, %error, "the floor cannot be followed");
            self.floor.give_up();
        }
        self.registry.remove(&self.floor);
        metrics::gauge!("floors_followed").decrement(1.0);
    }

    /// Follows the log until the floor has had no followers for a while.
    async fn follow(&self) -> Result<(), Trouble> {
        let live = &self.floor;
        let board = self.read(&live.livechat).await?;
        let (head, ()) = self.journal.snapshot(&live.livechat, |_| ()).await?;
        let mut log = pin!(self.journal.follow(&live.livechat, Scope::Livechat, board.position()));
        let at = Cursor::at(&self.journal, &live.livechat, board.position()).await?;
        live.begin(board, at);
        let counting =
            count(self.journal.clone(), self.views.clone(), live.livechat.clone(), Arc::downgrade(live));
        // In a task of its own, so that a slow query blocks no one.
        let _counting = AbortOnDropHandle::new(tokio::spawn(counting));
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut left_at = Instant::now();
        loop {
            if live.position() >= head {
                live.tell_waiting();
            }
            tokio::select! {
                first = log.next() => {
                    let Some(first) = first else { return Ok(()) };
                    let mut events = vec![first?];
                    while events.len() < EVENTS_AT_ONCE
                        && let Some(Some(next)) = log.next().now_or_never()
                    {
                        events.push(next?);
                    }
                    live.apply(&events);
                }
                _ = look.tick() => {
                    if !self.registry.is_left(live) {
                        left_at = Instant::now();
                    } else if left_at.elapsed() >= FLOOR_LINGERS && self.registry.let_go(live) {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// The floor from the rows.
    async fn read(&self, livechat: &LivechatId) -> Result<LiveFloor, Trouble> {
        let Some(board) = self.views.floor(livechat).await? else {
            return Ok(LiveFloor::empty(livechat.clone()));
        };
        let notes = notes(&self.journal, livechat, &board).await?;
        Ok(LiveFloor::seeded(livechat.clone(), board, notes))
    }
}

/// Keeps today's totals up to date: asked at most once a second, when something has happened, and every
/// minute, since days end by themselves.
async fn count(journal: Journal, views: Queries, livechat: LivechatId, live: Weak<FollowedFloor>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut counted = None;
    loop {
        look.tick().await;
        let Some((position, is_followed)) =
            live.upgrade().map(|live| (live.position(), live.is_floor_followed()))
        else {
            return;
        };
        let now = journal.clock().now();
        let state = Some((position, now.hour(), now.minute()));
        if !is_followed || position == 0 || counted == state {
            continue;
        }
        let today = async {
            if views.wait_for(&livechat, position, LOOK).await? {
                counted = state;
            }
            views.today(&livechat, now).await
        };
        match today.await {
            Ok(today) => {
                let Some(live) = live.upgrade() else { return };
                live.set_totals(today);
            }
            Err(error) => tracing::warn!(%livechat, %error, "today's totals cannot be read"),
        }
    }
}

/// Why a floor cannot be followed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Log(#[from] journal::Error),
    #[error(transparent)]
    Queries(#[from] projections::Error),
}

/// What operators wrote with the calls for help that are not settled, which no table has.
///
/// # Errors
/// When the log cannot be read.
async fn notes(
    journal: &Journal,
    livechat: &LivechatId,
    board: &FloorView,
) -> Result<HashMap<ConversationId, Option<String>>, journal::Error> {
    let mut notes = HashMap::new();
    for row in board.conversations.iter().filter(|row| row.help_called_at.is_some()) {
        let Ok(id) = uuid::Uuid::parse_str(&row.conversation).map(ConversationId) else { continue };
        let mut last = None;
        let step = |record: Record| {
            if let Some(HelpStep::Called(note)) = HelpStep::of(&record) {
                last = note;
            }
            ControlFlow::Continue(())
        };
        journal.each_of_conversation(livechat, id, 0, step).await?;
        notes.insert(id, last);
    }
    Ok(notes)
}
