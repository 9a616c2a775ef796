//! Goes along the log of one livechat.
//!
//! Pages are read and decoded ahead, on all cores, while the ones before are folded; stones are fetched and opened
//! with the page that they stand in.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::LivechatId;
use futures::StreamExt;
use journal::store::Chain;
use journal::{Chained, Position, Record, Store};
use projections::Views;
use tokio::runtime::Handle;

use super::Verified;
use super::compare::{Compared, Comparison, Made, Outcome};
use super::finding::{Finding, Findings, Subject};
use crate::error::Error;
use crate::invariants::{self, Checker, Invariant};
use crate::pages;
use crate::past::Past;

/// Records read at once: enough that handing the state on takes no time, few enough to be still in the cache of the
/// processor when they are folded.
const PAGE: u64 = 2_000;

/// Verifies one livechat; `told` is told the events done.
pub(super) async fn verify(
    store: &Arc<dyn Store>,
    views: Option<&Views>,
    livechat: &LivechatId,
    verified: &mut Verified,
    told: impl Fn(u64),
) -> Result<(), Error> {
    let made = made_of(store, views, livechat).await?;
    let milestones = Milestones::along(store, livechat).await?;
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let walk = Walk::begin(livechat.clone(), made, milestones.beyond(head));
    let (baton, pages) = pages::fold_with(
        store,
        livechat,
        (0, head),
        // The chain is what `log verify` looks at.
        (PAGE, Chain::Unchecked),
        walk,
        move |page| milestones.opened(page),
        |walk, page, stones| {
            if walk.is_lost {
                return Ok(None);
            }
            let comparisons = walk.page(page, stones);
            let position = walk.past.position;
            Ok(Some(move || {
                (position, comparisons.iter().flat_map(Comparison::outcomes).collect::<Vec<_>>())
            }))
        },
    );
    let mut unreadable = None;
    let mut outcomes = vec![];
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.next().await {
        match page {
            Ok((position, compared)) => {
                outcomes.extend(compared);
                told(position);
            }
            Err(Error::Record { position, error }) => unreadable = Some((position, error)),
            Err(error) => return Err(error),
        }
    }
    let mut walk = baton.take()?;
    if let Some((position, error)) = unreadable {
        walk.find(position, Subject::Log, error.to_string());
        walk.is_lost = true;
    }
    walk.end(head);
    for outcome in outcomes {
        walk.learn(outcome, verified);
    }
    walk.add_to(verified);
    Ok(())
}

/// What was made of a log and has to be compared, by position; but for the stones, of which there are many.
type Everything = BTreeMap<Position, Vec<Made>>;

async fn made_of(
    store: &Arc<dyn Store>,
    views: Option<&Views>,
    livechat: &LivechatId,
) -> Result<Everything, Error> {
    let mut made = Everything::new();
    if let Some(views) = views
        && let Some(board) = views.board(livechat).await?
    {
        made.entry(board.position).or_default().push(Made::Board(Box::new(board)));
    }
    if let Some(snapshot) = store.read().snapshot(livechat).await? {
        made.entry(snapshot.position).or_default().push(Made::Snapshot(Box::new(snapshot)));
    }
    Ok(made)
}

/// The stones along a log.
struct Milestones {
    store: Arc<dyn Store>,
    livechat: LivechatId,
    runtime: Handle,
    /// Where they stand, in order.
    stones: Vec<Position>,
}

impl Milestones {
    async fn along(store: &Arc<dyn Store>, livechat: &LivechatId) -> Result<Self, Error> {
        let stones = match store.state_snapshots() {
            Some(stones) => stones.all(livechat).await?.iter().map(|stone| stone.position).collect(),
            None => vec![],
        };
        Ok(Self { store: store.clone(), livechat: livechat.clone(), runtime: Handle::current(), stones })
    }

    /// Those that stand after the end of the log.
    fn beyond(&self, head: Position) -> Vec<Position> {
        self.stones.iter().copied().filter(|stone| *stone > head).collect()
    }

    /// Those in a page, opened: the thread has nothing else to do until its page may be folded. One that stands
    /// before the first record is in the page of that record.
    fn opened(&self, page: &[Chained]) -> Result<Vec<(Position, Made)>, Error> {
        let position = |chained: Option<&Chained>| chained.map_or(0, |chained| chained.record.position);
        let (first, last) = (position(page.first()), position(page.last()));
        let from = self.stones.partition_point(|stone| *stone < first && first > 1);
        let mut opened = vec![];
        for position in self.stones[from..].iter().take_while(|stone| **stone <= last) {
            let Some(stones) = self.store.state_snapshots() else { break };
            // One that was taken away meanwhile is not missed.
            if let Some(stone) = self.runtime.block_on(stones.at(&self.livechat, *position))? {
                opened.push((*position, Made::of_stone(&self.livechat, stone)));
            }
        }
        Ok(opened)
    }
}

/// A livechat on the way.
struct Walk {
    livechat: LivechatId,
    made: Everything,
    /// Stones that stand after the end of the log.
    beyond: Vec<Position>,
    past: Past,
    checker: Checker,
    last: Option<Record>,
    found: Findings,
    /// It cannot be followed any further.
    is_lost: bool,
}

impl Walk {
    fn begin(livechat: LivechatId, made: Everything, beyond: Vec<Position>) -> Self {
        Self {
            made,
            beyond,
            past: Past::unborn(livechat.clone()),
            livechat,
            checker: Checker::default(),
            last: None,
            found: Findings::default(),
            is_lost: false,
        }
    }

    fn find(&mut self, position: Position, subject: Subject, what: impl Into<String>) {
        let (livechat, what) = (self.livechat.clone(), what.into());
        self.found.add(Finding { livechat, position, subject, invariant: None, what });
    }

    fn find_broken(&mut self, position: Position, invariant: Invariant, what: &str) {
        let (livechat, subject) = (self.livechat.clone(), Subject::Invariant);
        let what = format!("it does not hold that {invariant}: {what}");
        self.found.add(Finding { livechat, position, subject, invariant: Some(invariant), what });
    }

    /// Follows a page; tells what is to be compared, with the states at which it stands.
    fn page(&mut self, page: &[Chained], stones: Vec<(Position, Made)>) -> Vec<Comparison> {
        let mut comparisons = vec![];
        let until = page.last().map_or(0, |last| last.record.position);
        let later = self.made.split_off(&(until + 1));
        let mut here = std::mem::replace(&mut self.made, later);
        for (position, stone) in stones {
            here.entry(position).or_default().push(stone);
        }
        if let (Some(last), Some(first)) = (&self.last, page.first())
            && last.command != first.record.command
        {
            self.whole_state();
        }
        for chained in page {
            let record = &chained.record;
            if self.is_lost {
                return comparisons;
            }
            if let Err(error) = self.past.apply(record) {
                self.find(self.past.position + 1, Subject::Log, error.to_string());
                self.is_lost = true;
                return comparisons;
            }
            if let Some(violation) = self.checker.check_on(&self.past.livechat, record) {
                self.find_broken(record.position, violation.invariant, &violation.what);
            }
            if let Some(made) = here.remove(&record.position) {
                let record_hash = chained.hash_bytes().to_vec();
                comparisons.push(Comparison { past: self.past.clone(), record_hash, made });
            }
        }
        self.last = page.last().map(|last| last.record.clone());
        // What stands before the first record, or between two.
        for (position, made) in here {
            for made in &made {
                self.find(position, made.subject(), "no record stands there");
            }
        }
        comparisons
    }

    fn learn(&mut self, Outcome { position, subject, compared }: Outcome, verified: &mut Verified) {
        match compared {
            Compared::Foreign => verified.foreign += 1,
            Compared::Wrong(what) => self.find(position, subject, what),
            Compared::Right => match subject {
                Subject::Snapshot => verified.snapshots += 1,
                Subject::Stone => verified.stones += 1,
                Subject::Board => verified.boards += 1,
                Subject::Log | Subject::Invariant => {}
            },
        }
    }

    /// All that the state holds, which is right only once all that follows from a command is there.
    fn whole_state(&mut self) {
        if let Err((invariant, what)) = invariants::state(&self.past.livechat) {
            self.find_broken(self.past.position, invariant, &what);
        }
    }

    fn end(&mut self, head: Position) {
        if self.is_lost {
            return;
        }
        if self.past.position < head {
            let what = format!("it ends there, and its head says that it ends at {head}");
            self.find(self.past.position, Subject::Log, what);
            return;
        }
        if let Some(last) = self.last.take() {
            if let Err(violation) = self.checker.settled(&last) {
                self.find_broken(last.position, violation.invariant, &violation.what);
            }
            self.whole_state();
        }
        let beyond = format!("the log ends at {head}");
        for (position, made) in std::mem::take(&mut self.made) {
            for made in made {
                self.find(position, made.subject(), &*beyond);
            }
        }
        for position in std::mem::take(&mut self.beyond) {
            self.find(position, Subject::Stone, &*beyond);
        }
    }

    fn add_to(self, verified: &mut Verified) {
        verified.events += self.past.position;
        verified.found.extend(self.found);
    }
}
