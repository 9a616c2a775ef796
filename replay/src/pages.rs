//! A log in pages, read and decoded ahead of whoever works on it.
//!
//! Positions are gapless, so where a page begins is known before the one before it is there: several are read
//! and decoded at the same time, on all cores, and given in order.
//!
//! Invariant: memory holds [`AHEAD`] pages and no more, however long the log is and however slow the reader.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use domain::LivechatId;
use futures::{FutureExt, Stream, StreamExt, future, stream};
use journal::store::Then;
use journal::{Chained, Position, Store};
use tokio::sync::{Semaphore, oneshot};

use crate::error::Error;

/// Pages that are under way at once: one for each of two cores, and enough that are read or wait for their turn that
/// neither has nothing to do meanwhile.
pub const AHEAD: usize = 6;

/// The records of a livechat after a position up to another, `size` in a page. Ends early where the log does.
///
/// A record that cannot be decoded is an error of its page; whether records are missing is for the reader to
/// notice.
pub fn read(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    range: (Position, Position),
    size: u64,
) -> impl Stream<Item = Result<Vec<Chained>, Error>> + Send + use<> {
    each(store, livechat, range, size, |_, came: Came<Vec<Chained>>| {
        Box::new(move |page| came.tell((!page.is_empty()).then_some(Ok(page))))
    })
}

/// Folds the records of a livechat after a position up to another into a state, `size` at a time, and tells what
/// came of each page, up to the first of which `step` says nothing: nobody needs what comes after it.
/// [`Baton::take`] gives the state back.
///
/// Each page is read, decoded, folded and forgotten by one thread, and the state goes from one to the next: what
/// one thread makes and another has to take apart costs a fifth more.
pub fn fold<S, T, F>(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    range: (Position, Position),
    size: u64,
    state: S,
    step: F,
) -> (Baton<S>, impl Stream<Item = Result<T, Error>> + Send + use<S, T, F>)
where
    S: Send + 'static,
    T: Send + 'static,
    F: Fn(&mut S, &[Chained]) -> Result<Option<T>, Error> + Send + Sync + 'static,
{
    let step = move |state: &mut S, page: &[Chained], (): ()| Ok(step(state, page)?.map(|told| move || told));
    fold_with(store, livechat, range, size, state, |_| Ok(()), step)
}

/// [`fold`], where there is more to do with a page than to fold it. What does not depend on the state, `prepare` makes
/// before the page's turn comes, while others have theirs; and what `step` returns is called to tell what came of the
/// page, when the state has gone on to the next.
pub fn fold_with<S, P, L, T, A, F>(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    range: (Position, Position),
    size: u64,
    state: S,
    prepare: A,
    step: F,
) -> (Baton<S>, impl Stream<Item = Result<T, Error>> + Send + use<S, P, L, T, A, F>)
where
    S: Send + 'static,
    L: FnOnce() -> T,
    T: Send + 'static,
    A: Fn(&[Chained]) -> Result<P, Error> + Send + Sync + 'static,
    F: Fn(&mut S, &[Chained], P) -> Result<Option<L>, Error> + Send + Sync + 'static,
{
    let baton = Baton(Arc::new(Relay {
        hand: Mutex::new(Hand { state: Some(state), next: 0, over_from: u64::MAX }),
        passed: <[Condvar; AHEAD]>::default(),
    }));
    let (relay, work) = (baton.0.clone(), Arc::new((prepare, step)));
    let steps = each(store, livechat, range, size, move |index, came: Came<T>| {
        let (turn, work) = (Turn { relay: relay.clone(), index }, work.clone());
        Box::new(move |page| {
            let (prepare, step) = &*work;
            let prepared = if page.is_empty() { None } else { Some(prepare(&page)) };
            let step = |state: &mut S| prepared.map_or(Ok(None), |prepared| step(state, &page, prepared?));
            let later = turn.run(step).transpose();
            came.tell(later.map(|later| later.map(|later| later())));
        })
    });
    let one_of_few = async {
        let place = FOLDS.acquire().await;
        steps.inspect(move |_| {
            let _kept_to_the_end = &place;
        })
    };
    (baton, one_of_few.flatten_stream())
}

/// Folds under way at once, in the whole process. Each keeps up to [`AHEAD`] threads for what blocks, of which there are
/// some hundreds: were all of them waiting for pages that have none, nothing would go on. And more of them than there
/// are cores make nobody's answer come sooner.
static FOLDS: Semaphore = Semaphore::const_new(16);

/// Does with each page, on the thread that decoded it, what `work` makes of its number, and tells what came of it,
/// in order, up to an error or the first of which nothing came.
fn each<T: Send + 'static, W: Fn(u64, Came<T>) -> Then + Send>(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    (after, until): (Position, Position),
    size: u64,
    work: W,
) -> impl Stream<Item = Result<T, Error>> + Send + use<T, W> {
    let (store, livechat) = (store.clone(), livechat.clone());
    let size = size.max(1);
    let starts = stream::unfold(after, move |start| {
        future::ready((start < until).then_some((start, start.saturating_add(size))))
    });
    let pages = starts.enumerate().map(move |(index, start)| {
        let (store, livechat) = (store.clone(), livechat.clone());
        let limit = usize::try_from(until.saturating_sub(start).min(size)).unwrap_or(usize::MAX);
        let (came, comes) = oneshot::channel();
        let then = work(index as u64, Came(came));
        let page = tokio::spawn(async move {
            match store.read().records(&livechat, start, limit, then).await {
                Ok(()) => comes.await.ok().flatten(),
                Err(error) => Some(Err(error.into())),
            }
        });
        async move { page.await.unwrap_or_else(|error| Some(Err(error.into()))) }
    });
    pages.buffered(AHEAD).scan(false, |failed, came| {
        let came = came.filter(|_| !*failed);
        *failed = came.as_ref().is_some_and(Result::is_err);
        future::ready(came)
    })
}

/// Where a page tells what came of it.
struct Came<T>(oneshot::Sender<Option<Result<T, Error>>>);

impl<T> Came<T> {
    fn tell(self, what: Option<Result<T, Error>>) {
        // Nobody may want to know any more.
        let _ = self.0.send(what);
    }
}

/// The state that goes from page to page.
pub struct Baton<S>(Arc<Relay<S>>);

struct Relay<S> {
    hand: Mutex<Hand<S>>,
    /// Where each of the pages that are under way waits for its turn: whoever is done wakes the next, and nobody
    /// else.
    passed: [Condvar; AHEAD],
}

struct Hand<S> {
    state: Option<S>,
    /// Whose turn it is.
    next: u64,
    /// From this page on there is nothing to be done any more.
    over_from: u64,
}

/// The turn of one page. When it is dropped before it came, the page could not be read, and all is over from
/// there on.
struct Turn<S> {
    relay: Arc<Relay<S>>,
    index: u64,
}

impl<S> Baton<S> {
    /// The state as the last page left it that was folded.
    ///
    /// # Errors
    /// When the thread that had it is gone.
    pub fn take(self) -> Result<S, Error> {
        self.0.hand().state.take().ok_or(Error::GivenUp)
    }
}

impl<S> Relay<S> {
    fn hand(&self) -> MutexGuard<'_, Hand<S>> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a page waits. No two that are under way wait in one place: they are [`AHEAD`] in a row.
    fn passed(&self, index: u64) -> &Condvar {
        let place = usize::try_from(index % AHEAD as u64).unwrap_or_default();
        &self.passed[place]
    }
}

impl<S> Turn<S> {
    /// Waits for its turn; nothing comes of it when all is over before.
    fn run<T>(self, step: impl FnOnce(&mut S) -> Result<Option<T>, Error>) -> Result<Option<T>, Error> {
        let waits = |hand: &mut Hand<S>| hand.next < self.index && hand.over_from > self.index;
        let hand = self.relay.passed(self.index).wait_while(self.relay.hand(), waits);
        let mut hand = hand.unwrap_or_else(PoisonError::into_inner);
        if hand.over_from <= self.index {
            return Ok(None);
        }
        let Some(mut state) = hand.state.take() else { return Ok(None) };
        // Nobody who comes to wait is kept waiting for that.
        drop(hand);
        let came = step(&mut state);
        let mut hand = self.relay.hand();
        hand.state = Some(state);
        if matches!(came, Ok(Some(_))) {
            hand.next = self.index + 1;
        }
        came
    }
}

impl<S> Drop for Turn<S> {
    fn drop(&mut self) {
        let mut hand = self.relay.hand();
        if hand.next > self.index {
            drop(hand);
            self.relay.passed(self.index + 1).notify_all();
        } else {
            hand.over_from = hand.over_from.min(self.index);
            drop(hand);
            self.relay.passed.iter().for_each(Condvar::notify_all);
        }
    }
}
