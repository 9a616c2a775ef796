//! Goes along the log of one livechat.
//!
//! Pages are read and decoded ahead, on all cores, while the ones before are folded: what is compared at a position
//! is fetched when its page is.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::LivechatId;
use futures::StreamExt;
use journal::store::Milestone;
use journal::{Chained, Position, Recorded, Store};
use projections::Views;
use tokio::runtime::Handle;

use super::Verified;
use super::compare::{Compared, Made};
use super::finding::{Finding, Subject};
use crate::error::Error;
use crate::invariants::{self, Checker};
use crate::pages;
use crate::past::Past;

/// Records read at once: few enough to be still in the cache of the processor when they are folded.
const PAGE: u64 = 1_000;

/// Verifies one livechat; `told` is told the events done.
pub(super) async fn verify(
    store: &Arc<dyn Store>,
    views: Option<&Views>,
    livechat: &LivechatId,
    verified: &mut Verified,
    told: impl Fn(u64),
) -> Result<(), Error> {
    let made = Everything::made_of(store, views, livechat).await?;
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let walk = Walk::begin(livechat.clone(), made);
    let (with, runtime) = (store.clone(), Handle::current());
    let (baton, pages) = pages::fold(store, livechat, (0, head), PAGE, walk, move |walk, page| {
        let until = page.last().map_or(0, |last| last.record.position);
        // Seldom: there are thousands of records between two stones.
        let here = runtime.block_on(walk.made.up_to(&with, &walk.livechat, until))?;
        walk.page(page, here);
        Ok((!walk.is_lost).then_some(walk.past.position))
    });
    let mut unreadable = None;
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.next().await {
        match page {
            Ok(position) => told(position),
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
    walk.count_in(verified);
    Ok(())
}

/// All that was made of a log and has to be compared, by position.
struct Everything {
    here: BTreeMap<Position, Vec<Made>>,
    /// Stones are fetched as they are reached.
    stones: Vec<Milestone>,
}

impl Everything {
    async fn made_of(
        store: &Arc<dyn Store>,
        views: Option<&Views>,
        livechat: &LivechatId,
    ) -> Result<Self, Error> {
        let mut here: BTreeMap<Position, Vec<Made>> = BTreeMap::new();
        if let Some(views) = views
            && let Some(board) = views.board(livechat).await?
        {
            here.entry(board.position).or_default().push(Made::Board(Box::new(board)));
        }
        if let Some(snapshot) = store.read().snapshot(livechat).await? {
            here.entry(snapshot.position).or_default().push(Made::Snapshot(Box::new(snapshot)));
        }
        let mut stones = match store.stones() {
            Some(stones) => stones.all(livechat).await?,
            None => vec![],
        };
        stones.reverse();
        Ok(Self { here, stones })
    }

    /// What stands up to a position, and was not given before.
    async fn up_to(
        &mut self,
        store: &Arc<dyn Store>,
        livechat: &LivechatId,
        until: Position,
    ) -> Result<BTreeMap<Position, Vec<Made>>, Error> {
        let later = self.here.split_off(&(until + 1));
        let mut here = std::mem::replace(&mut self.here, later);
        while let Some(milestone) = self.stones.pop_if(|stone| stone.position <= until) {
            let Some(stones) = store.stones() else { break };
            // One that was taken away meanwhile is not missed.
            if let Some(stone) = stones.at(livechat, milestone.position).await? {
                here.entry(stone.position).or_default().push(Made::Stone(Box::new(stone)));
            }
        }
        Ok(here)
    }
}

/// A livechat on the way.
struct Walk {
    livechat: LivechatId,
    made: Everything,
    past: Past,
    checker: Checker,
    last: Option<Recorded>,
    counts: Counts,
    findings: Vec<Finding>,
    /// It cannot be followed any further.
    is_lost: bool,
}

#[derive(Default)]
struct Counts {
    snapshots: u64,
    stones: u64,
    boards: u64,
    foreign: u64,
}

impl Walk {
    fn begin(livechat: LivechatId, made: Everything) -> Self {
        Self {
            made,
            past: Past::unborn(livechat.clone()),
            livechat,
            checker: Checker::default(),
            last: None,
            counts: Counts::default(),
            findings: vec![],
            is_lost: false,
        }
    }

    fn find(&mut self, position: Position, subject: Subject, what: impl Into<String>) {
        let (livechat, what) = (self.livechat.clone(), what.into());
        self.findings.push(Finding { livechat, position, subject, what });
    }

    fn page(&mut self, page: &[Chained], mut here: BTreeMap<Position, Vec<Made>>) {
        if let (Some(last), Some(first)) = (&self.last, page.first())
            && last.command != first.record.command
        {
            self.whole_state();
        }
        for chained in page {
            let record = &chained.record;
            if self.is_lost {
                return;
            }
            if let Err(error) = self.past.apply(record) {
                self.find(self.past.position + 1, Subject::Log, error.to_string());
                self.is_lost = true;
                return;
            }
            if let Err(violation) = self.checker.check(&self.past.livechat, record) {
                let what = format!("it does not hold that {}: {}", violation.invariant, violation.what);
                self.find(record.position, Subject::Invariant, what);
                self.is_lost = true;
            }
            if let Some(made) = here.remove(&record.position) {
                for made in &made {
                    self.compare(made, chained.hash_bytes());
                }
            }
        }
        self.last = page.last().map(|last| last.record.clone());
        // What stands before the first record, or between two.
        for (position, made) in here {
            for made in &made {
                self.find(position, made.subject(), "no record stands there");
            }
        }
    }

    fn compare(&mut self, made: &Made, hash: &[u8]) {
        match made.compare(&self.past, hash) {
            Compared::Foreign => self.counts.foreign += 1,
            Compared::Wrong(what) => self.find(self.past.position, made.subject(), what),
            Compared::Right => match made {
                Made::Snapshot(_) => self.counts.snapshots += 1,
                Made::Stone(_) => self.counts.stones += 1,
                Made::Board(_) => self.counts.boards += 1,
            },
        }
    }

    /// All that the state holds, which is right only once all that follows from a command is there.
    fn whole_state(&mut self) {
        if let Err((invariant, what)) = invariants::state(&self.past.livechat) {
            let what = format!("it does not hold that {invariant}: {what}");
            self.find(self.past.position, Subject::Invariant, what);
            self.is_lost = true;
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
                let what = format!("it does not hold that {}: {}", violation.invariant, violation.what);
                self.find(last.position, Subject::Invariant, what);
            }
            self.whole_state();
        }
        let beyond = format!("the log ends at {head}");
        for (position, made) in std::mem::take(&mut self.made.here) {
            for made in made {
                self.find(position, made.subject(), &*beyond);
            }
        }
        for stone in std::mem::take(&mut self.made.stones).into_iter().rev() {
            self.find(stone.position, Subject::Stone, &*beyond);
        }
    }

    fn count_in(self, verified: &mut Verified) {
        verified.events += self.past.position;
        verified.snapshots += self.counts.snapshots;
        verified.stones += self.counts.stones;
        verified.boards += self.counts.boards;
        verified.foreign += self.counts.foreign;
        verified.findings.extend(self.findings);
    }
}
