//! One floor that is followed: it is folded event by event, and each view of it is serialized once for all its
//! followers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::LivechatId;
use journal::{Position, Record, block_in_place};
use projections::figures::Today;
use projections::floor::HelpStep;
use projections::{LiveFloor, Named, SkillNames};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::frames::{FloorNow, FloorSnapshot, HelpFrame, Totals};
use super::queue_frames::{QueueFrame, QueueLengths};
use super::view::{FeedScope, Update, View};
use crate::limits::FRAMES_BEHIND_MAX;
use crate::live::cursor::Cursor;
use crate::live::frame::Frame;

/// One floor that is followed.
pub(super) struct FollowedFloor {
    pub(super) livechat: LivechatId,
    state: Mutex<State>,
    /// Up to where it is folded.
    reached: watch::Sender<Position>,
    /// By view.
    updates: [broadcast::Sender<Update>; View::COUNT],
    waiting: watch::Sender<Option<usize>>,
    over: CancellationToken,
}

struct State {
    board: LiveFloor,
    /// Where that is in the log.
    at: Cursor,
    /// Up to where the changes of the floor have been sent.
    sent: Position,
    /// Up to where the changes of the queue have been sent.
    queue_sent: Position,
    /// Today's totals, once they are known.
    today: Option<Today>,
}

impl FollowedFloor {
    /// Nothing is shown of it yet.
    pub(super) fn new(livechat: LivechatId) -> Self {
        let (board, at) = (LiveFloor::empty(livechat.clone()), Cursor::from(0));
        let state = State { board, at, sent: 0, queue_sent: 0, today: None };
        Self {
            livechat,
            state: Mutex::new(state),
            reached: watch::Sender::new(0),
            updates: std::array::from_fn(|_| broadcast::Sender::new(FRAMES_BEHIND_MAX)),
            waiting: watch::Sender::new(None),
            over: CancellationToken::new(),
        }
    }

    /// What is sent of a view from now on.
    pub(super) fn subscribe(&self, view: View) -> broadcast::Receiver<Update> {
        self.updates[view.place()].subscribe()
    }

    /// Today's totals, unless they are known already.
    pub(super) fn set_first_totals(&self, today: Today) {
        self.state().today.get_or_insert(today);
    }

    /// Are today's totals known?
    pub(super) fn has_totals(&self) -> bool {
        self.state().today.is_some()
    }

    /// Gives this floor up: its readers reconnect, and it is loaded again.
    pub(super) fn give_up(&self) {
        self.over.cancel();
    }

    /// Is this floor given up?
    pub(super) fn is_given_up(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Up to where it is folded, now and whenever that has changed.
    pub(super) fn positions(&self) -> watch::Receiver<Position> {
        self.reached.subscribe()
    }

    /// How many visitors wait, once that is known, and whenever it has changed.
    pub(super) fn waiting(&self) -> watch::Receiver<Option<usize>> {
        self.waiting.subscribe()
    }

    /// Returns once this floor is given up.
    pub(super) async fn over(&self) {
        self.over.cancelled().await;
    }

    /// The frame that brings a reader up to date, and its position: the difference, or else the whole; nothing if the
    /// reader is up to date, or if there is nothing to show yet.
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
                    // Serialized without blocking the present readers.
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

    /// Returns once this floor shows the state at which it was first followed, and the log up to `at_least`.
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

    pub(super) fn is_floor_followed(&self) -> bool {
        View::each(FeedScope::Floor).any(|view| self.is_followed(view))
    }

    pub(super) fn set_totals(&self, today: Today) {
        let mut state = self.state();
        if state.today.replace(today) != Some(today) {
            let frame = Totals::frame(today);
            self.send_to_each(FeedScope::Floor, |_| Some(Update::Totals(frame.clone())));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position in the log at which it holds.
    pub(super) fn position(&self) -> Position {
        self.state().board.position()
    }

    pub(super) fn begin(&self, board: LiveFloor, at: Cursor) {
        let (sent, queue_sent) = (board.position(), board.position());
        *self.state() = State { board, at, sent, queue_sent, today: None };
        self.reached.send_replace(sent);
    }

    /// Folds events and sends what they changed.
    pub(super) fn apply(&self, events: &[Arc<Record>]) {
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

    pub(super) fn tell_waiting(&self) {
        let waiting = Some(self.state().board.waiting());
        self.waiting.send_if_modified(|sent| std::mem::replace(sent, waiting) != waiting);
    }

    /// A call for help stands out: it comes before the change it is part of.
    fn alert(&self, state: &State, event: &Record, step: &HelpStep) {
        let (after, position) = (state.sent, state.board.position());
        self.send_to_each(FeedScope::Floor, |names| {
            let change = named(state.board.changes_after(after)?, &names(&state.board));
            let frame = Frame::new("help", Some(state.at), &HelpFrame::new(event, step, change));
            Some(Update::Alert { after, position, frame })
        });
    }

    fn tell(&self, state: &mut State) {
        let (board, at) = (&state.board, state.at);
        let position = board.position();
        if position > state.sent {
            let after = std::mem::replace(&mut state.sent, position);
            self.send_to_each(FeedScope::Floor, |names| {
                let change = named(board.changes_after(after)?, &names(board));
                Some(Update::Change { after, position, frame: Frame::new("change", Some(at), &change) })
            });
        }
        if board.queue_changed_at() > state.queue_sent {
            let after = std::mem::replace(&mut state.queue_sent, position);
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
        self.updates[view.place()].receiver_count() > 0
    }

    /// Writes a frame once for each language of the followers, and sends it to them.
    fn send_to_each(
        &self,
        of: FeedScope,
        frame: impl Fn(&dyn Fn(&LiveFloor) -> SkillNames) -> Option<Update>,
    ) {
        for view in View::each(of).filter(|view| self.is_followed(*view)) {
            if let Some(update) = frame(&|board| board.skill_names(view.language)) {
                // The last one may be leaving now.
                let _ = self.updates[view.place()].send(update);
            }
        }
    }
}

/// With the names of skills.
fn named<T: Named>(mut what: T, names: &SkillNames) -> T {
    what.name_skills(names);
    what
}
