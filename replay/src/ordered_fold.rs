//! A log read and decoded ahead in pages, in parallel, and folded in order.
//!
//! Positions are gapless, so the start of a page is known before the previous page has arrived: several are read
//! and decoded at the same time, on all cores, and given in order.
//!
//! Invariant: memory holds [`AHEAD`] pages, each of a bounded number of bytes, and no more, however long the log and its
//! records are and however slow the reader.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use domain::LivechatId;
use futures::future::Either;
use futures::{FutureExt, Stream, StreamExt, future, stream};
use journal::store::{Chain, Records, Then};
use journal::{Chained, Position, Store};
use tokio::sync::{Semaphore, oneshot};

use crate::error::Error;

/// Pages that are under way at once: one for each of two cores, and enough that are read or wait for their turn that
/// neither has nothing to do meanwhile.
pub const AHEAD: usize = 6;

/// The records of a livechat after a position up to another, `size` in a page, or fewer where they are long. Ends early
/// where the log does.
///
/// A record that cannot be decoded, or was changed, is an error of its page; it is up to the reader to notice missing
/// records.
pub fn read(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    range: (Position, Position),
    size: u64,
) -> impl Stream<Item = Result<Vec<Chained>, Error>> + Send + use<> {
    each(store, livechat, range, (size, Chain::Checked), |_| {
        Box::new(|reply: Reply<Vec<Chained>>| {
            Box::new(move |page| {
                let cut_at = cut_at(&page);
                reply.send((!page.records.is_empty()).then_some(Ok(page.records)), cut_at);
            })
        })
    })
}

/// Folds the records of a livechat after a position up to another into a state, `size` at a time, or fewer where they are
/// long, and yields the result of each page, up to the first for which `step` returns nothing: nothing after it is needed.
/// [`StateHandle::take`] gives the state back.
///
/// Each page is read, decoded, folded and dropped by one thread, and the state goes from one to the next: data that one
/// thread allocates and another frees costs a fifth more.
pub fn fold<S, T, F>(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    range: (Position, Position),
    size: u64,
    state: S,
    step: F,
) -> (StateHandle<S>, impl Stream<Item = Result<T, Error>> + Send + use<S, T, F>)
where
    S: Send + 'static,
    T: Send + 'static,
    F: Fn(&mut S, &[Chained]) -> Result<Option<T>, Error> + Send + Sync + 'static,
{
    let step = move |state: &mut S, page: &[Chained], (): ()| Ok(step(state, page)?.map(|told| move || told));
    fold_with(store, livechat, range, (size, Chain::Checked), state, |_| Ok(()), step)
}

/// [`fold`], where there is more to do with a page than to fold it. `prepare` does the work that does not depend on the
/// state before the page's turn comes, while others have theirs; and the closure that `step` returns makes the result
/// of the page, when the state has gone on to the next. `paging` is how many records are in a page, and whether they
/// are checked against the chain.
pub fn fold_with<S, P, L, T, A, F>(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    range: (Position, Position),
    paging: (u64, Chain),
    state: S,
    prepare: A,
    step: F,
) -> (StateHandle<S>, impl Stream<Item = Result<T, Error>> + Send + use<S, P, L, T, A, F>)
where
    S: Send + 'static,
    L: FnOnce() -> T,
    T: Send + 'static,
    A: Fn(&[Chained]) -> Result<P, Error> + Send + Sync + 'static,
    F: Fn(&mut S, &[Chained], P) -> Result<Option<L>, Error> + Send + Sync + 'static,
{
    let handle = StateHandle(Arc::new(Shared {
        cell: Mutex::new(Cell { state: Some(state), next: 0, over_from: u64::MAX }),
        turns: <[Condvar; AHEAD]>::default(),
    }));
    let (shared, work) = (handle.0.clone(), Arc::new((prepare, step)));
    let steps = each(store, livechat, range, paging, move |index| {
        let (turn, work) = (Arc::new(Turn { shared: shared.clone(), index }), work.clone());
        Box::new(move |reply: Reply<T>| {
            let (turn, work) = (turn.clone(), work.clone());
            Box::new(move |page| {
                let (prepare, step) = &*work;
                let cut_at = cut_at(&page);
                let page = page.records;
                let prepared = if page.is_empty() { None } else { Some(prepare(&page)) };
                let step =
                    |state: &mut S| prepared.map_or(Ok(None), |prepared| step(state, &page, prepared?));
                let later = turn.run(step, cut_at.is_none()).transpose();
                reply.send(later.map(|later| later.map(|later| later())), cut_at);
            })
        })
    });
    let one_of_few = async {
        let place = FOLDS.acquire().await;
        steps.inspect(move |_| {
            let _kept_to_the_end = &place;
        })
    };
    (handle, one_of_few.flatten_stream())
}

/// Folds under way at once, in the whole process. Each holds up to [`AHEAD`] blocking threads, of which there are some
/// hundreds: if all of them waited for pages without a thread, nothing would move. And more folds than cores make no
/// answer come sooner.
static FOLDS: Semaphore = Semaphore::const_new(16);

/// Runs on each page, on the thread that decoded it, the closure that `work` makes of its number, and yields the
/// results, in order, up to an error or the first page without a result.
///
/// The records of a page may be long. What does not fit in memory with it is read when the first part is done:
/// then it is this page's turn, and the others wait.
fn each<T: Send + 'static, W: Fn(u64) -> Work<T> + Send>(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    (after, until): (Position, Position),
    (size, chain): (u64, Chain),
    work: W,
) -> impl Stream<Item = Result<T, Error>> + Send + use<T, W> {
    let log = Log { store: store.clone(), livechat: livechat.clone(), chain };
    let size = size.max(1);
    let starts = stream::unfold(after, move |start| {
        future::ready((start < until).then_some((start, start.saturating_add(size))))
    });
    let first = log.clone();
    let pages = starts.enumerate().map(move |(index, from)| {
        let unread = Unread { from, until: until.min(from.saturating_add(size)), work: work(index as u64) };
        let page = tokio::spawn(first.clone().part(unread));
        async move { page.await.unwrap_or_else(|error| Part { result: Some(Err(error.into())), rest: None }) }
    });
    let parts = pages.buffered(AHEAD).flat_map(move |first| log.clone().parts(first));
    parts.scan(false, |failed, result| {
        let result = result.filter(|_| !*failed);
        *failed = result.as_ref().is_some_and(Result::is_err);
        future::ready(result)
    })
}

/// The work on each part of a page.
type Work<T> = Box<dyn Fn(Reply<T>) -> Then + Send + Sync>;

/// The part of a page that is still to be read.
struct Unread<T> {
    from: Position,
    until: Position,
    work: Work<T>,
}

/// A part of a page, and what comes after it; as a rule it is all.
struct Part<T> {
    result: Option<Result<T, Error>>,
    rest: Option<Unread<T>>,
}

/// Whose log is read, and how.
#[derive(Clone)]
struct Log {
    store: Arc<dyn Store>,
    livechat: LivechatId,
    chain: Chain,
}

impl Log {
    /// Reads as much of a page as may be in memory at once.
    async fn part<T: Send + 'static>(self, Unread { from, until, work }: Unread<T>) -> Part<T> {
        let limit = usize::try_from(until.saturating_sub(from)).unwrap_or(usize::MAX);
        let (reply, comes) = oneshot::channel();
        let then = work(Reply(reply));
        match self.store.read().records(&self.livechat, from, limit, self.chain, then).await {
            Ok(()) => {
                let Ok(PartResult { result, cut_at }) = comes.await else {
                    return Part { result: None, rest: None };
                };
                let goes_on = matches!(result, Some(Ok(_)));
                let rest = cut_at.filter(|_| goes_on).map(|from| Unread { from, until, work });
                Part { result, rest }
            }
            Err(error) => Part { result: Some(Err(error.into())), rest: None },
        }
    }

    /// The results of the parts of a page whose first part was read.
    fn parts<T: Send + 'static>(self, first: Part<T>) -> impl Stream<Item = Option<Result<T, Error>>> + Send {
        stream::unfold(Some(Either::Left(first)), move |next| {
            let log = self.clone();
            async move {
                let Part { result, rest } = match next? {
                    Either::Left(part) => part,
                    Either::Right(unread) => log.part(unread).await,
                };
                Some((result, rest.map(Either::Right)))
            }
        })
    }
}

/// The last record of a page that is not all that was asked for.
fn cut_at(page: &Records) -> Option<Position> {
    page.records.last().filter(|_| page.is_cut).map(|last| last.record.position)
}

/// The result of a part of a page, and where the next part begins.
struct PartResult<T> {
    result: Option<Result<T, Error>>,
    cut_at: Option<Position>,
}

/// Where the result of a part of a page is sent.
struct Reply<T>(oneshot::Sender<PartResult<T>>);

impl<T> Reply<T> {
    fn send(self, result: Option<Result<T, Error>>, cut_at: Option<Position>) {
        // The receiver may be gone.
        let _ = self.0.send(PartResult { result, cut_at });
    }
}

/// The state that is passed from page to page.
pub struct StateHandle<S>(Arc<Shared<S>>);

struct Shared<S> {
    cell: Mutex<Cell<S>>,
    /// Where each of the pages that are under way waits for its turn: a finished page wakes only the next.
    turns: [Condvar; AHEAD],
}

struct Cell<S> {
    state: Option<S>,
    /// Whose turn it is.
    next: u64,
    /// From this page on there is nothing to do.
    over_from: u64,
}

/// The turn of one page. If it is dropped before its turn, the page could not be read, and everything from there on is
/// cancelled.
struct Turn<S> {
    shared: Arc<Shared<S>>,
    index: u64,
}

impl<S> StateHandle<S> {
    /// The state as the last page left it that was folded.
    ///
    /// # Errors
    /// When the thread that had it is gone.
    pub fn take(self) -> Result<S, Error> {
        self.0.cell().state.take().ok_or(Error::Abandoned)
    }
}

impl<S> Shared<S> {
    fn cell(&self) -> MutexGuard<'_, Cell<S>> {
        self.cell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a page waits. No two that are under way share a place: there are [`AHEAD`] of them in a row.
    fn turns(&self, index: u64) -> &Condvar {
        let place = usize::try_from(index % AHEAD as u64).unwrap_or_default();
        &self.turns[place]
    }
}

impl<S> Turn<S> {
    /// Waits for its turn, which ends with its last part; returns nothing if everything is cancelled before.
    fn run<T>(
        &self,
        step: impl FnOnce(&mut S) -> Result<Option<T>, Error>,
        is_last: bool,
    ) -> Result<Option<T>, Error> {
        let waits = |cell: &mut Cell<S>| cell.next < self.index && cell.over_from > self.index;
        let cell = self.shared.turns(self.index).wait_while(self.shared.cell(), waits);
        let mut cell = cell.unwrap_or_else(PoisonError::into_inner);
        if cell.over_from <= self.index {
            return Ok(None);
        }
        let Some(mut state) = cell.state.take() else { return Ok(None) };
        // Others must not wait for the lock meanwhile.
        drop(cell);
        let result = step(&mut state);
        let mut cell = self.shared.cell();
        cell.state = Some(state);
        if is_last && matches!(result, Ok(Some(_))) {
            cell.next = self.index + 1;
            drop(cell);
            self.shared.turns(self.index + 1).notify_all();
        }
        result
    }
}

impl<S> Drop for Turn<S> {
    fn drop(&mut self) {
        let mut cell = self.shared.cell();
        if cell.next <= self.index {
            cell.over_from = cell.over_from.min(self.index);
            drop(cell);
            self.shared.turns.iter().for_each(Condvar::notify_all);
        }
    }
}
