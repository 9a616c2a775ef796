//! The floor: the board as server-sent events, a snapshot first and then what changes.
//!
//! Every event has the position of the log it stands for as its id. A feed that resumes with
//! `Last-Event-ID` gets the changes after it, or, when those are too old to be kept, a new snapshot.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use domain::LivechatId;
use futures::{Stream, stream};
use journal::Position;
use projections::Changes;
use tokio::sync::broadcast::{self, error::RecvError};

use super::frame::text;
use crate::auth::{Caller, Role};
use crate::limits::{FLOOR_CHANGES_KEPT, KEEP_ALIVE};
use crate::problem::Problem;
use crate::server::App;

/// The last changes of every floor, and where new ones come from.
///
/// A change is kept and passed on in one step: whoever follows first and looks at what is kept then
/// misses nothing.
pub struct Floor(Mutex<Kept>);

struct Kept {
    changes: HashMap<LivechatId, VecDeque<Arc<Changes>>>,
    live: broadcast::Sender<Arc<Changes>>,
}

impl Floor {
    /// Nothing has changed yet.
    pub fn new() -> Self {
        Self(Mutex::new(Kept { changes: HashMap::new(), live: broadcast::Sender::new(FLOOR_CHANGES_KEPT) }))
    }

    /// Keeps the last changes for feeds that resume, and passes them on, until the projections end.
    pub async fn pass_on(self: Arc<Self>, mut changes: broadcast::Receiver<Arc<Changes>>) {
        loop {
            match changes.recv().await {
                Ok(change) => self.kept().pass_on(change),
                // What is missing cannot be followed over: every feed ends, and begins again.
                Err(RecvError::Lagged(_)) => *self.kept() = Self::new().into_kept(),
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn follow(&self) -> broadcast::Receiver<Arc<Changes>> {
        self.kept().live.subscribe()
    }

    /// The changes after a position, if none of them is forgotten and the position has been reached.
    fn after(&self, livechat: &LivechatId, position: Position) -> Option<VecDeque<Arc<Changes>>> {
        let kept = self.kept();
        let kept = kept.changes.get(livechat)?;
        (kept.front()?.position <= position && position <= kept.back()?.position)
            .then(|| kept.iter().filter(|change| change.position > position).cloned().collect())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn into_kept(self) -> Kept {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Floor {
    fn default() -> Self {
        Self::new()
    }
}

impl Kept {
    fn pass_on(&mut self, change: Arc<Changes>) {
        let kept = self.changes.entry(change.livechat.clone()).or_default();
        if kept.back().is_some_and(|last| last.position != change.after) {
            // Something in between was never told: nobody may resume over it.
            kept.clear();
        }
        kept.push_back(change.clone());
        if kept.len() > FLOOR_CHANGES_KEPT {
            kept.pop_front();
        }
        // Nobody may be following.
        let _ = self.live.send(change);
    }
}

/// Follows the floor.
#[utoipa::path(
    get, path = "/floor", tag = "live",
    params(("Last-Event-ID" = Option<u64>, Header, description = "The last position seen")),
    responses((status = 200, content_type = "text/event-stream",
        description = "Events `snapshot` (the board) and `change` (rows that changed), each with its position as id"))
)]
pub async fn follow(
    caller: Caller,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    let seen = match headers.get("last-event-id") {
        None => None,
        Some(value) => Some(
            value
                .to_str()
                .ok()
                .and_then(|value| value.parse().ok())
                .ok_or_else(|| Problem::field("Last-Event-ID", "a position: a whole number from 0"))?,
        ),
    };
    let token = caller.clone();
    let live = app.floor.follow();
    let stopping = app.stopping.clone();
    let feed =
        Feed { app, livechat: caller.livechat, live, backlog: VecDeque::new(), reached: seen, resume: true };
    let events = stream::unfold(feed, |mut feed| async move { Some((Ok(feed.next().await?), feed)) });
    let end = async move {
        tokio::select! { () = token.expired() => {}, () = stopping.cancelled() => {} }
    };
    let events = futures::StreamExt::take_until(events, Box::pin(end));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

struct Feed {
    app: App,
    livechat: LivechatId,
    live: broadcast::Receiver<Arc<Changes>>,
    backlog: VecDeque<Arc<Changes>>,
    /// Up to where the reader has been told; nothing before the snapshot.
    reached: Option<Position>,
    /// Whether to look for where to go on before going on live.
    resume: bool,
}

impl Feed {
    /// The next event; none when the feed has to end, and the reader to come back.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(change) = self.backlog.pop_front() {
                if let Some(event) = self.pass(&change) {
                    return Some(event);
                }
                continue;
            }
            if std::mem::take(&mut self.resume) {
                match self.reached.and_then(|position| self.app.floor.after(&self.livechat, position)) {
                    Some(changes) => self.backlog = changes,
                    None => return self.snapshot().await,
                }
                continue;
            }
            match self.live.recv().await {
                Ok(change) if change.livechat == self.livechat => {
                    if self.reached.is_none_or(|reached| reached < change.after) {
                        return self.snapshot().await;
                    }
                    if let Some(event) = self.pass(&change) {
                        return Some(event);
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => self.resume = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn snapshot(&mut self) -> Option<Event> {
        match self.app.views.board(&self.livechat).await {
            // The snapshot comes once there is something to show.
            Ok(None) => {
                self.reached = None;
                Some(Event::default().comment("nothing has happened here yet"))
            }
            Ok(Some(board)) => {
                self.reached = Some(board.position);
                Some(event("snapshot", board.position, &text(&board)))
            }
            Err(error) => {
                tracing::warn!(%error, "the board cannot be read");
                None
            }
        }
    }

    /// A change as an event, unless it was told already.
    fn pass(&mut self, change: &Changes) -> Option<Event> {
        if self.reached.is_some_and(|reached| change.position <= reached) {
            return None;
        }
        self.reached = Some(change.position);
        Some(event("change", change.position, &text(change)))
    }
}

fn event(name: &str, position: Position, data: &str) -> Event {
    Event::default().event(name).id(position.to_string()).data(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(after: Position, position: Position) -> Arc<Changes> {
        let livechat = LivechatId::parse("support").unwrap();
        let (operators, conversations, removed) = (vec![], vec![], vec![]);
        Arc::new(Changes { livechat, after, position, about: None, operators, conversations, removed })
    }

    #[test]
    fn nobody_resumes_over_a_change_that_was_never_told() {
        let livechat = LivechatId::parse("support").unwrap();
        let floor = Floor::new();
        for change in [change(0, 3), change(3, 5)] {
            floor.kept().pass_on(change);
        }
        assert_eq!(floor.after(&livechat, 3).map(|changes| changes.len()), Some(1));
        floor.kept().pass_on(change(7, 9));
        assert_eq!(floor.after(&livechat, 3), None);
        assert_eq!(floor.after(&livechat, 9).map(|changes| changes.len()), Some(0));
    }
}
