//! How far each livechat is projected, for callers that wait to read what they just wrote; and whether that covers
//! everything the log had when the program started.
//!
//! A server that runs is some milliseconds behind its log, which nobody notices. One that has just started may be years
//! behind: after an import, a rebuild, or with a new version of the folds. Until the rows of a livechat have reached
//! the end that its log had then, figures and lists would silently cover only a part of it: so reads are refused.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::LivechatId;
use journal::Position;
use tokio::sync::watch;

use crate::error::Error;

/// The checkpoints this process has moved, each one watchable.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    moved: Mutex<HashMap<LivechatId, watch::Sender<Position>>>,
    gaps: Mutex<Gaps>,
    /// How many livechats are in there: mostly none.
    incomplete: AtomicUsize,
}

/// The livechats with incomplete rows.
#[derive(Debug, Default)]
struct Gaps {
    /// Where their logs ended when the program started, of those whose rows are not there yet, and how far they are.
    catching_up: BTreeMap<LivechatId, Catching>,
    /// Those whose rows stop before what cannot be stored.
    stopped: BTreeSet<LivechatId>,
}

#[derive(Clone, Copy, Debug)]
struct Catching {
    reached: Position,
    goal: Position,
}

/// The progress of all livechats together that are still catching up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatchingUp {
    /// How many livechats.
    pub livechats: usize,
    /// Events of them that are in the rows.
    pub done: Position,
    /// Events of them that there were.
    pub total: Position,
}

impl Progress {
    fn lock(&self) -> MutexGuard<'_, HashMap<LivechatId, watch::Sender<Position>>> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gaps(&self, look: impl FnOnce(&mut Gaps)) {
        let mut gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        look(&mut gaps);
        self.incomplete.store(gaps.catching_up.len() + gaps.stopped.len(), Ordering::Release);
    }

    /// The livechat is projected up to `position`.
    pub(crate) fn moved(&self, livechat: &LivechatId, position: Position) {
        // This comes first: a caller that waits for the position then checks whether anything is missing.
        if self.incomplete.load(Ordering::Acquire) > 0 {
            self.gaps(|gaps| {
                if let Some(catching) = gaps.catching_up.get_mut(livechat) {
                    catching.reached = position;
                    if catching.reached >= catching.goal {
                        gaps.catching_up.remove(livechat);
                    }
                }
            });
        }
        let mut all = self.lock();
        if let Some(sender) = all.get(livechat) {
            sender.send_replace(position);
        } else {
            all.insert(livechat.clone(), watch::Sender::new(position));
        }
    }

    /// The logs end at `heads`, and the rows are at `reached`: reads of a livechat are refused before its rows have
    /// caught up.
    pub(crate) fn expect(
        &self,
        heads: impl IntoIterator<Item = (LivechatId, Position)>,
        reached: &BTreeMap<LivechatId, Position>,
    ) {
        self.gaps(|gaps| {
            for (livechat, goal) in heads {
                let reached = reached.get(&livechat).copied().unwrap_or_default();
                if reached < goal {
                    gaps.catching_up.insert(livechat, Catching { reached, goal });
                }
            }
        });
    }

    /// The rows of these livechats stop, and those of no others.
    pub(crate) fn stopped(&self, livechats: BTreeSet<LivechatId>) {
        self.gaps(|gaps| gaps.stopped = livechats);
    }

    /// How many livechats are stopped.
    pub(crate) fn count_stopped(&self) -> usize {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).stopped.len()
    }

    /// Are the rows of a livechat complete?
    ///
    /// # Errors
    /// [`Error::CatchingUp`], [`Error::Stopped`].
    pub(crate) fn complete(&self, livechat: &LivechatId) -> Result<(), Error> {
        if self.incomplete.load(Ordering::Acquire) == 0 {
            return Ok(());
        }
        let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        if gaps.stopped.contains(livechat) {
            return Err(Error::Stopped(livechat.clone()));
        }
        match gaps.catching_up.get(livechat) {
            None => Ok(()),
            Some(Catching { reached, goal }) => {
                Err(Error::CatchingUp { livechat: livechat.clone(), done: *reached, total: *goal })
            }
        }
    }

    /// How far those are that are catching up; nothing when there are none. A stopped one will not catch up.
    pub(crate) fn catching_up(&self) -> Option<CatchingUp> {
        let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = CatchingUp { livechats: 0, done: 0, total: 0 };
        for (_, catching) in gaps.catching_up.iter().filter(|(livechat, _)| !gaps.stopped.contains(*livechat))
        {
            all.livechats += 1;
            all.done += catching.reached;
            all.total += catching.goal;
        }
        (all.livechats > 0).then_some(all)
    }

    /// How far this process has projected the livechat.
    pub(crate) fn reached(&self, livechat: &LivechatId) -> Position {
        self.lock().get(livechat).map(|sender| *sender.borrow()).unwrap_or_default()
    }

    /// Goes through what this process knows of how far each livechat is projected.
    pub(crate) fn for_each(&self, mut look: impl FnMut(&LivechatId, Position)) {
        for (livechat, sender) in self.lock().iter() {
            let position = *sender.borrow();
            if position > 0 {
                look(livechat, position);
            }
        }
    }

    /// The same, as a snapshot.
    pub(crate) fn all(&self) -> BTreeMap<LivechatId, Position> {
        let mut all = BTreeMap::new();
        self.for_each(|livechat, position| {
            all.insert(livechat.clone(), position);
        });
        all
    }

    /// All knowledge is void: the database may have lost what it had committed.
    pub(crate) fn forget(&self) {
        let mut all = self.lock();
        all.retain(|_, sender| sender.receiver_count() > 0);
        for sender in all.values() {
            sender.send_replace(0);
        }
    }

    /// Follows one livechat.
    pub(crate) fn watch(&self, livechat: &LivechatId) -> watch::Receiver<Position> {
        self.lock().entry(livechat.clone()).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Forgets a livechat that was only ever asked for, so that made-up names take no memory.
    pub(crate) fn forget_unknown(&self, livechat: &LivechatId) {
        let mut all = self.lock();
        if all.get(livechat).is_some_and(|sender| *sender.borrow() == 0 && sender.receiver_count() == 0) {
            all.remove(livechat);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> LivechatId {
        LivechatId::parse(name).unwrap()
    }

    #[test]
    fn a_livechat_is_not_served_before_it_has_reached_its_head_at_the_start() {
        let progress = Progress::default();
        let heads = [(id("a"), 10), (id("b"), 5), (id("c"), 7)];
        progress.expect(heads, &BTreeMap::from([(id("a"), 4), (id("b"), 5)]));
        assert!(matches!(progress.complete(&id("a")), Err(Error::CatchingUp { done: 4, total: 10, .. })));
        assert!(matches!(progress.complete(&id("c")), Err(Error::CatchingUp { done: 0, total: 7, .. })));
        progress.complete(&id("b")).unwrap();
        progress.complete(&id("unheard-of")).unwrap();
        assert_eq!(progress.catching_up(), Some(CatchingUp { livechats: 2, done: 4, total: 17 }));
        progress.moved(&id("a"), 9);
        assert!(progress.complete(&id("a")).is_err());
        assert_eq!(progress.catching_up(), Some(CatchingUp { livechats: 2, done: 9, total: 17 }));
        progress.moved(&id("a"), 10);
        progress.complete(&id("a")).unwrap();
        // It does not wait for events written meanwhile.
        progress.moved(&id("c"), 12);
        assert_eq!(progress.catching_up(), None);
        progress.forget();
        progress.complete(&id("c")).unwrap();
    }

    #[test]
    fn a_livechat_whose_rows_stop_is_not_served() {
        let progress = Progress::default();
        progress.expect([(id("a"), 10)], &BTreeMap::new());
        progress.stopped(BTreeSet::from([id("a"), id("b")]));
        for livechat in ["a", "b"] {
            assert!(matches!(progress.complete(&id(livechat)), Err(Error::Stopped(_))), "{livechat}");
        }
        assert_eq!((progress.catching_up(), progress.count_stopped()), (None, 2), "nobody waits for it");
        progress.stopped(BTreeSet::new());
        progress.complete(&id("b")).unwrap();
        assert!(matches!(progress.complete(&id("a")), Err(Error::CatchingUp { .. })), "it is tried again");
    }
}
