//! The floors that somebody follows, in memory: one task each, which folds the log and passes on what changed.
//!
//! A floor is read from the rows once, when the first one follows it, and goes on from there with the events
//! themselves as soon as they are durable. It is let go a while after the last one has left. One whose log
//! cannot be read is given up: its readers come back, and it begins again.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use chrono::Timelike;
use domain::{ConversationId, LivechatId};
use futures::{FutureExt, Stream, StreamExt, stream};
use journal::{Journal, Position, Record, Scope, block_in_place};
use projections::figures::Today;
use projections::floor::HelpStep;
use projections::{FloorView, LiveFloor, Named, Queries, SkillNames};
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::cursor::Cursor;
use super::floor::{FloorSnapshot, HelpFrame, Totals};
use super::queue::{QueueFrame, QueueLengths};
use super::snapshot::FloorNow;
use super::stream::{Broken, FeedScope, Frame, Update, View};
use crate::limits::{FLOOR_LINGERS, FRAMES_BEHIND_MAX};
use crate::problem::Problem;

/// How often it is looked at whether totals have changed and whether anybody is there.
const LOOK: Duration = Duration::from_secs(1);

/// Events folded before what they changed is told: those that are there already are not waited for.
const EVENTS_AT_ONCE: usize = 1_000;

/// The floors that are followed. Cheap to clone.
#[derive(Clone)]
pub struct LiveFloors(Arc<Inner>);

struct Inner {
    journal: Journal,
    views: Queries,
    stopping: CancellationToken,
    tasks: TaskTracker,
    live: Mutex<HashMap<LivechatId, Arc<Live>>>,
}

/// One floor that is followed.
pub(super) struct Live {
    livechat: LivechatId,
    state: Mutex<State>,
    /// Up to where it is folded.
    reached: watch::Sender<Position>,
    /// By view.
    told: [broadcast::Sender<Update>; View::COUNT],
    waiting: watch::Sender<Option<usize>>,
    over: CancellationToken,
}

/// How long the first frame of a floor waits for today's totals.
const FIRST_TOTALS: std::time::Duration = std::time::Duration::from_secs(2);

struct State {
    board: LiveFloor,
    /// Where that is in the log.
    at: Cursor,
    /// Up to where the floor has been told.
    told: Position,
    /// Up to where the queue has been told.
    queue_told: Position,
    /// Today's totals, once they are known.
    today: Option<Today>,
}

impl LiveFloors {
    /// Nobody follows any yet. Those that are followed are let go once the server is `stopping`, which waits
    /// for `tasks`.
    pub fn new(journal: Journal, views: Queries, stopping: CancellationToken, tasks: TaskTracker) -> Self {
        Self(Arc::new(Inner { journal, views, stopping, tasks, live: Mutex::default() }))
    }

    /// Is there to be read what there should be? A floor would be folded from the beginning of the log meanwhile, by
    /// everybody who asks.
    pub(super) async fn complete(&self, livechat: &LivechatId) -> Result<(), Problem> {
        let complete = self.0.views.complete(livechat).await;
        // The floor itself goes on from where the rows stop.
        if matches!(complete, Err(projections::Error::Stopped(_))) {
            Ok(())
        } else {
            complete.map_err(Problem::from)
        }
    }

    /// Returns once this floor shows what was answered before: whoever gave a command sees what it did.
    pub(super) async fn ready(&self, live: &Live) -> Result<(), Broken> {
        let head = self.0.journal.snapshot(&live.livechat, |_| ()).await;
        let (head, ()) = head.map_err(|error| {
            tracing::warn!(livechat = %live.livechat, %error, "the log cannot be read");
            Broken
        })?;
        let mut reached = live.reached.subscribe();
        tokio::select! {
            reached = reached.wait_for(|reached| *reached >= head) => reached.map(|_| ()).map_err(|_| Broken),
            () = live.over() => Err(Broken),
        }
    }

    /// Counts today's totals, unless they are known, so that the first frame of the floor has them. Tables that
    /// cannot be read are no reason not to show the floor: the totals are told later then.
    pub(super) async fn counted(&self, live: &Live) {
        if live.state().today.is_some() {
            return;
        }
        let now = self.0.journal.clock().now();
        match tokio::time::timeout(FIRST_TOTALS, self.0.views.today(&live.livechat, now)).await {
            Ok(Ok(today)) => {
                live.state().today.get_or_insert(today);
            }
            Ok(Err(error)) => {
                tracing::warn!(livechat = %live.livechat, %error, "today's totals cannot be read");
            }
            Err(_) => {}
        }
    }

    /// The floor of a livechat, for as long as it is held.
    pub(super) fn live(&self, livechat: &LivechatId) -> Arc<Live> {
        let mut all = self.all();
        if let Some(live) = all.get(livechat).filter(|live| !live.over.is_cancelled()) {
            return live.clone();
        }
        let live = Arc::new(Live::new(livechat.clone()));
        all.insert(livechat.clone(), live.clone());
        drop(all);
        self.0.tasks.spawn(self.clone().keep_up(live.clone()));
        live
    }

    /// How many visitors wait, now and whenever it has changed, at most once a second.
    pub(super) fn waiting(&self, livechat: &LivechatId) -> impl Stream<Item = usize> + Send + use<> {
        let (floors, livechat) = (self.clone(), livechat.clone());
        stream::unfold((floors, livechat, None), |(floors, livechat, told)| async move {
            if told.is_some() {
                tokio::time::sleep(LOOK).await;
            }
            loop {
                let live = floors.live(&livechat);
                let mut waiting = live.waiting.subscribe();
                let changed = waiting.wait_for(|waiting| waiting.is_some() && *waiting != told);
                tokio::select! {
                    changed = changed => {
                        let now = changed.ok().and_then(|waiting| *waiting);
                        if let Some(now) = now {
                            return Some((now, (floors, livechat, Some(now))));
                        }
                    }
                    () = live.over() => {}
                }
                tokio::time::sleep(LOOK).await;
            }
        })
    }

    /// Can the livechat be loaded?
    pub(super) async fn look_at(&self, livechat: &LivechatId) -> Result<(), journal::Error> {
        self.0.journal.peek(livechat, |_| ()).await
    }

    fn all(&self) -> MutexGuard<'_, HashMap<LivechatId, Arc<Live>>> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep_up(self, live: Arc<Live>) {
        metrics::gauge!("floors_followed").increment(1.0);
        let followed = self.0.stopping.run_until_cancelled(self.follow(&live)).await;
        if let Some(Err(error)) = followed {
            tracing::warn!(livechat = %live.livechat, %error, "the floor cannot be followed");
            live.over.cancel();
        }
        let mut all = self.all();
        if all.get(&live.livechat).is_some_and(|current| Arc::ptr_eq(current, &live)) {
            all.remove(&live.livechat);
        }
        metrics::gauge!("floors_followed").decrement(1.0);
    }

    /// Follows the log until nobody has followed the floor for a while.
    async fn follow(&self, live: &Arc<Live>) -> Result<(), Trouble> {
        let board = self.read(&live.livechat).await?;
        let (head, ()) = self.0.journal.snapshot(&live.livechat, |_| ()).await?;
        let mut log = pin!(self.0.journal.follow(&live.livechat, Scope::Livechat, board.position()));
        let at = Cursor::at(&self.0.journal, &live.livechat, board.position()).await?;
        live.begin(board, at);
        let counting = self.clone().count(live.livechat.clone(), Arc::downgrade(live));
        // Beside: a question that takes a while holds up nobody.
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
                    if !self.is_left(live) {
                        left_at = Instant::now();
                    } else if left_at.elapsed() >= FLOOR_LINGERS && self.let_go(live) {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Keeps today's totals up to date: asked at most once a second, when something has happened, and every
    /// minute, since days end by themselves.
    async fn count(self, livechat: LivechatId, live: Weak<Live>) {
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
            let now = self.0.journal.clock().now();
            let state = Some((position, now.hour(), now.minute()));
            if !is_followed || position == 0 || counted == state {
                continue;
            }
            let today = async {
                if self.0.views.wait_for(&livechat, position, LOOK).await? {
                    counted = state;
                }
                self.0.views.today(&livechat, now).await
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

    /// The floor as the rows have it.
    async fn read(&self, livechat: &LivechatId) -> Result<LiveFloor, Trouble> {
        let Some(board) = self.0.views.floor(livechat).await? else {
            return Ok(LiveFloor::empty(livechat.clone()));
        };
        let notes = notes(&self.0.journal, livechat, &board).await?;
        Ok(LiveFloor::seeded(livechat.clone(), board, notes))
    }

    /// Only the map and the task hold it.
    fn is_left(&self, live: &Arc<Live>) -> bool {
        let _all = self.all();
        Arc::strong_count(live) <= 2
    }

    /// Takes it out of the map, unless somebody has come meanwhile.
    fn let_go(&self, live: &Arc<Live>) -> bool {
        let mut all = self.all();
        let left = Arc::strong_count(live) <= 2;
        if left {
            all.remove(&live.livechat);
        }
        left
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
pub async fn notes(
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

impl Live {
    fn new(livechat: LivechatId) -> Self {
        let (board, at) = (LiveFloor::empty(livechat.clone()), Cursor::from(0));
        let state = State { board, at, told: 0, queue_told: 0, today: None };
        Self {
            livechat,
            state: Mutex::new(state),
            reached: watch::Sender::new(0),
            told: std::array::from_fn(|_| broadcast::Sender::new(FRAMES_BEHIND_MAX)),
            waiting: watch::Sender::new(None),
            over: CancellationToken::new(),
        }
    }

    /// What is told of a view from now on.
    pub(super) fn subscribe(&self, view: View) -> broadcast::Receiver<Update> {
        self.told[view.place()].subscribe()
    }

    /// Returns once this floor is given up.
    pub(super) async fn over(&self) {
        self.over.cancelled().await;
    }

    /// What leads a reader from where it stands to now, and where that is: the difference, or else the whole;
    /// nothing when it is there, or when there is nothing to show yet.
    pub(super) fn catch_up(&self, view: View, reached: Option<Position>) -> Option<(Position, Frame)> {
        let state = self.state();
        let board = &state.board;
        let (position, at) = (board.position(), state.at);
        if reached == Some(position) {
            return None;
        }
        let names = board.skill_names(view.language);
        let queue_changes = || Some(named(board.queue_changes_after(reached?)?, &names));
        let frame = match view.of {
            FeedScope::Floor => {
                if let Some(changes) = reached.and_then(|after| board.changes_after(after)) {
                    drop(state);
                    Frame::new("change", Some(at), &named(changes, &names))
                } else {
                    let (board, help, today) = (board.view()?, board.help(), state.today);
                    // Written down without holding up those who are there.
                    drop(state);
                    block_in_place(|| {
                        let snapshot = FloorSnapshot { board: named(board, &names), help, today };
                        Frame::new("snapshot", Some(at), &snapshot)
                    })
                }
            }
            FeedScope::Queue => match queue_changes() {
                Some(changes) => QueueFrame::change(at, &changes),
                None => QueueFrame::snapshot(at, &named(board.queue()?, &names)),
            },
            FeedScope::QueueLengths => match queue_changes() {
                Some(changes) => QueueLengths::from(&changes).frame(at, "change"),
                None => QueueLengths::from(&named(board.queue()?, &names)).frame(at, "snapshot"),
            },
        };
        Some((position, frame))
    }

    /// Today's totals as a frame, once they are known.
    pub(super) fn totals(&self) -> Option<Frame> {
        self.state().today.map(Totals::frame)
    }

    /// Returns once this floor shows what there was when it was first followed, and the log up to `at_least`.
    pub(super) async fn reached(&self, at_least: Position) {
        let (mut waiting, mut reached) = (self.waiting.subscribe(), self.reached.subscribe());
        // The senders are here.
        let _ = waiting.wait_for(Option::is_some).await;
        let _ = reached.wait_for(|reached| *reached >= at_least).await;
    }

    /// The whole floor; nothing when there is no such livechat.
    pub(super) fn now(&self) -> Option<FloorNow> {
        let state = self.state();
        Some(FloorNow { board: state.board.view()?, help: state.board.help() })
    }

    fn is_floor_followed(&self) -> bool {
        View::each(FeedScope::Floor).any(|view| self.is_followed(view))
    }

    fn set_totals(&self, today: Today) {
        let mut state = self.state();
        if state.today.replace(today) != Some(today) {
            let frame = Totals::frame(today);
            self.send_to_each(FeedScope::Floor, |_| Some(Update::Totals(frame.clone())));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position in the log that it is as of.
    pub(super) fn position(&self) -> Position {
        self.state().board.position()
    }

    fn begin(&self, board: LiveFloor, at: Cursor) {
        let (told, queue_told) = (board.position(), board.position());
        *self.state() = State { board, at, told, queue_told, today: None };
        self.reached.send_replace(told);
    }

    /// Folds what has happened and tells what it changed.
    fn apply(&self, events: &[Arc<Record>]) {
        let mut state = self.state();
        for event in events {
            let step = HelpStep::of(event);
            if step.is_some() {
                self.tell(&mut state);
            }
            state.board.apply(event);
            state.at = Cursor::from(&**event);
            if let Some(step) = step {
                self.alert(&state, event, &step);
                self.tell(&mut state);
            }
        }
        self.tell(&mut state);
        let reached = state.board.position();
        drop(state);
        self.reached.send_replace(reached);
    }

    fn tell_waiting(&self) {
        let waiting = Some(self.state().board.waiting());
        self.waiting.send_if_modified(|told| std::mem::replace(told, waiting) != waiting);
    }

    /// A call for help stands out: it comes before the change it is part of.
    fn alert(&self, state: &State, event: &Record, step: &HelpStep) {
        let (after, position) = (state.told, state.board.position());
        self.send_to_each(FeedScope::Floor, |names| {
            let change = named(state.board.changes_after(after)?, &names(&state.board));
            let frame = Frame::new("help", Some(state.at), &HelpFrame::new(event, step, change));
            Some(Update::Alert { after, position, frame })
        });
    }

    fn tell(&self, state: &mut State) {
        let (board, at) = (&state.board, state.at);
        let position = board.position();
        if position > state.told {
            let after = std::mem::replace(&mut state.told, position);
            self.send_to_each(FeedScope::Floor, |names| {
                let change = named(board.changes_after(after)?, &names(board));
                Some(Update::Change { after, position, frame: Frame::new("change", Some(at), &change) })
            });
        }
        if board.queue_changed_at() > state.queue_told {
            let after = std::mem::replace(&mut state.queue_told, position);
            self.send_to_each(FeedScope::Queue, |names| {
                let changes = named(board.queue_changes_after(after)?, &names(board));
                Some(Update::Change { after, position, frame: QueueFrame::change(at, &changes) })
            });
            self.send_to_each(FeedScope::QueueLengths, |names| {
                let changes = named(board.queue_changes_after(after)?, &names(board));
                let frame = QueueLengths::from(&changes).frame(at, "change");
                Some(Update::Change { after, position, frame })
            });
        }
    }

    /// Whether it is worth writing a frame.
    fn is_followed(&self, view: View) -> bool {
        self.told[view.place()].receiver_count() > 0
    }

    /// Writes a frame once for each language in which somebody follows, and sends it to them.
    fn send_to_each(
        &self,
        of: FeedScope,
        frame: impl Fn(&dyn Fn(&LiveFloor) -> SkillNames) -> Option<Update>,
    ) {
        for view in View::each(of).filter(|view| self.is_followed(*view)) {
            if let Some(told) = frame(&|board| board.skill_names(view.language)) {
                // The last one may be leaving now.
                let _ = self.told[view.place()].send(told);
            }
        }
    }
}

/// With what skills are called.
fn named<T: Named>(mut what: T, names: &SkillNames) -> T {
    what.name_skills(names);
    what
}
