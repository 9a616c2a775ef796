//! Attendance: which visitors have a page of their conversation open, and look at it (spec.md §The desk, the
//! supervisor, the visitor).
//!
//! The pages of one conversation count as one: its visitor is away when none of them has been looked at for 3
//! minutes, has left the site when none has been open for 30 seconds, and is here otherwise, so that a page
//! that is loaded again, or the next page of the site, is invisible. A page is looked at until it says
//! otherwise. Each change becomes a command, in the visitor's name.
//!
//! Only a visitor who was known to be here is reported as gone: not the visitor of a program that opens no socket nor,
//! after a start of the server, one whose page does not come back. Sockets are not in the log, so a server cannot know
//! which visitors had one before it was started; a waiting visitor keeps their place, as without a page.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::event::Page;
use domain::event::Presence;
use domain::limits::{VISITOR_AWAY_SECS, VISITOR_LEFT_SECS};
use domain::{Action, Actor, ConversationAction, ConversationId, LivechatId, Timestamp};
use journal::{Clock, Journal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::retry_until_recorded::retry_until_recorded;

type Key = (LivechatId, ConversationId);

/// How long a page may be out of sight before its visitor counts as away.
const AWAY_AFTER: TimeDelta = TimeDelta::seconds(VISITOR_AWAY_SECS);
/// How long no page may be open before the visitor has left the site.
const LEFT_AFTER: TimeDelta = TimeDelta::seconds(VISITOR_LEFT_SECS);

/// The pages of one conversation.
struct Seat {
    visitor: Actor,
    open: usize,
    looked_at: usize,
    /// Since when that is so.
    since: Timestamp,
    /// How often it has changed.
    changes: u64,
    /// The task that waits for the outcome is woken when it changes.
    watch: Option<Arc<Notify>>,
    /// The last page that was reported: it is reported again whenever the socket comes back.
    page: Option<u64>,
}

/// The pages that are open. Cheap to clone, and small, since each socket has one.
#[derive(Clone)]
pub struct Attendance(Arc<Register>);

struct Register {
    seats: Mutex<HashMap<Key, Seat>>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    stopping: CancellationToken,
}

/// The open pages of one conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// How many are open.
    pub open: usize,
    /// How many of these are looked at.
    pub looked_at: usize,
}

/// An open page; dropping it closes it.
pub struct OpenPage {
    attendance: Attendance,
    key: Key,
    looked_at: AtomicBool,
}

impl Attendance {
    /// No page is open yet. Pages that are closed once the server is `stopping` are not reported.
    pub fn new(journal: Journal, clock: Arc<dyn Clock>, stopping: CancellationToken) -> Self {
        Self(Arc::new(Register { seats: Mutex::default(), journal, clock, stopping }))
    }

    /// Counts a page of this visitor as open and looked at.
    pub fn open(&self, livechat: &LivechatId, conversation: ConversationId, visitor: &Actor) -> OpenPage {
        let key = (livechat.clone(), conversation);
        let mut seats = self.seats();
        let seat = seats.entry(key.clone()).or_insert_with(|| Seat {
            visitor: visitor.clone(),
            open: 0,
            looked_at: 0,
            since: self.0.clock.now(),
            changes: 0,
            watch: None,
            page: None,
        });
        seat.open += 1;
        seat.looked_at += 1;
        self.changed(&key, seat);
        drop(seats);
        OpenPage { attendance: self.clone(), key, looked_at: AtomicBool::new(true) }
    }

    /// The open pages of a conversation.
    pub fn pages(&self, livechat: &LivechatId, conversation: ConversationId) -> Pages {
        let seats = self.seats();
        let seat = seats.get(&(livechat.clone(), conversation));
        seat.map_or_else(Pages::default, |seat| Pages { open: seat.open, looked_at: seat.looked_at })
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<Key, Seat>> {
        self.0.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has changed: the task that waits for the outcome has to check again.
    fn changed(&self, key: &Key, seat: &mut Seat) {
        seat.since = self.0.clock.now();
        seat.changes += 1;
        if let Some(watch) = &seat.watch {
            watch.notify_one();
            return;
        }
        let watch = Arc::new(Notify::new());
        seat.watch = Some(watch.clone());
        tokio::spawn(self.clone().watch(key.clone(), watch));
    }

    /// Waits until it is clear where the visitor is, and sends a command if the rules do not know it. One at a time
    /// for each conversation, so that what is reported first is recorded first.
    async fn watch(self, key: Key, changed: Arc<Notify>) {
        loop {
            let Some((presence, from, change)) = self.expected(&key) else { return };
            tokio::select! {
                () = self.0.clock.sleep_until(from) => {}
                () = changed.notified() => continue,
                () = self.0.stopping.cancelled() => return,
            }
            self.tell(&key, presence, change).await;
            if self.is_settled(&key, change) {
                return;
            }
        }
    }

    /// Where the visitor is if nothing changes, from when on, and after which change.
    fn expected(&self, key: &Key) -> Option<(Presence, Timestamp, u64)> {
        let seats = self.seats();
        let seat = seats.get(key)?;
        let (presence, after) = match (seat.open, seat.looked_at) {
            (0, _) => (Presence::LeftSite, LEFT_AFTER),
            (_, 0) => (Presence::Away, AWAY_AFTER),
            (_, _) => (Presence::Here, TimeDelta::zero()),
        };
        Some((presence, seat.since + after, seat.changes))
    }

    async fn tell(&self, (livechat, conversation): &Key, presence: Presence, changes: u64) {
        let key = &(livechat.clone(), *conversation);
        let visitor = self.seats().get(key).map(|seat| seat.visitor.clone());
        let Some(visitor) = visitor else { return };
        let still = || self.seats().get(key).is_some_and(|seat| seat.changes == changes);
        // Most often the rules know: a socket that comes back in time changes nothing.
        if self.known(livechat, *conversation, &still).await.is_none_or(|known| known == presence) {
            return;
        }
        retry_until_recorded(
            &self.0.journal,
            livechat,
            &visitor,
            &Action::Conversation(*conversation, ConversationAction::NotePresence(presence)),
            still,
        )
        .await;
    }

    /// Where the rules believe the visitor of a live conversation to be.
    async fn known(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        still: impl Fn() -> bool,
    ) -> Option<Presence> {
        while still() {
            let known = self
                .0
                .journal
                .peek(livechat, |state| state.conversation(conversation).map(|live| live.presence));
            match known.await {
                Ok(known) => return known,
                Err(
                    journal::Error::Closed | journal::Error::Damaged { .. } | journal::Error::Unreadable(_),
                ) => {
                    return None;
                }
                Err(error) => {
                    tracing::warn!(%livechat, %error, "cannot read the presence of a visitor yet; retrying");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
        None
    }

    /// Nothing has changed since, so no task needs to watch; a conversation without pages is forgotten.
    fn is_settled(&self, key: &Key, changes: u64) -> bool {
        let mut seats = self.seats();
        let Entry::Occupied(mut entry) = seats.entry(key.clone()) else { return true };
        let seat = entry.get_mut();
        if seat.changes != changes {
            return false;
        }
        seat.watch = None;
        if seat.open == 0 {
            entry.remove();
        }
        true
    }
}

impl OpenPage {
    /// Whether this page is looked at from now on.
    pub fn is_looked_at(&self, looked_at: bool) {
        let mut seats = self.attendance.seats();
        if self.looked_at.swap(looked_at, Ordering::Relaxed) == looked_at {
            return;
        }
        if let Some(seat) = seats.get_mut(&self.key) {
            let before = seat.looked_at;
            seat.looked_at = if looked_at { before + 1 } else { before - 1 };
            // Of several pages that are looked at, one more or less means nothing.
            if before.min(seat.looked_at) == 0 {
                self.attendance.changed(&self.key, seat);
            }
        }
    }

    /// Notes which page of the site this is, and returns whether it differs from the last one reported.
    pub fn is_now(&self, page: &Page) -> bool {
        let mut seats = self.attendance.seats();
        let Some(seat) = seats.get_mut(&self.key) else { return false };
        seat.page.replace(mark(page)) != Some(mark(page))
    }

    /// The page of the site could not be recorded.
    pub fn is_nowhere(&self) {
        if let Some(seat) = self.attendance.seats().get_mut(&self.key) {
            seat.page = None;
        }
    }
}

/// A fingerprint that identifies a page, however long its address is.
fn mark(page: &Page) -> u64 {
    let mut hasher = DefaultHasher::new();
    page.url.reveal().hash(&mut hasher);
    page.title.as_ref().map(domain::personal::Personal::reveal).hash(&mut hasher);
    hasher.finish()
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        let attendance = &self.attendance;
        let mut seats = attendance.seats();
        let Some(seat) = seats.get_mut(&self.key) else { return };
        let was_looked_at = self.looked_at.load(Ordering::Relaxed);
        seat.open -= 1;
        seat.looked_at -= usize::from(was_looked_at);
        let last = seat.open == 0 || (was_looked_at && seat.looked_at == 0);
        if last && !attendance.0.stopping.is_cancelled() {
            attendance.changed(&self.key, seat);
        }
    }
}
