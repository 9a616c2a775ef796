//! Verifies the log of one livechat.
//!
//! Pages are read and decoded ahead, on all cores, while the ones before are folded; state snapshots are fetched
//! and opened with the page that they are in.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::LivechatId;
use futures::StreamExt;
use journal::store::Chain;
use journal::{Chained, Position, Record, Store};
use projections::Queries;
use tokio::runtime::Handle;

use super::compare::{Compared, Comparison, Derived, Outcome};
use super::finding::{Finding, Findings, Subject};
use super::verified::Verified;
use crate::error::Error;
use crate::invariants::{self, Checker, Invariant};
use crate::ordered_fold;
use crate::state_at::StateAt;

/// Records read at once: enough that handing the state on costs nothing, few enough to be still in the CPU cache when
/// they are folded.
const PAGE: u64 = 2_000;

/// Verifies one livechat; `progress` is called with the events done.
pub(super) async fn verify(
    store: &Arc<dyn Store>,
    views: Option<&Queries>,
    livechat: &LivechatId,
    verified: &mut Verified,
    progress: impl Fn(u64),
) -> Result<(), Error> {
    let derived = derived_from(store, views, livechat).await?;
    let state_snapshots = StateSnapshots::along(store, livechat).await?;
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let walk = Walk::begin(livechat.clone(), derived, state_snapshots.beyond(head));
    let (handle, pages) = ordered_fold::fold_with(
        store,
        livechat,
        (0, head),
        // The chain is checked by `log verify`.
        (PAGE, Chain::Unchecked),
        walk,
        move |page| state_snapshots.opened(page),
        |walk, page, snapshots| {
            if walk.is_lost {
                return Ok(None);
            }
            let comparisons = walk.page(page, snapshots);
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
                progress(position);
            }
            Err(Error::Record { position, error }) => unreadable = Some((position, error)),
            Err(error) => return Err(error),
        }
    }
    let mut walk = handle.take()?;
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

/// What was derived from a log and has to be compared, by position; without the state snapshots, of which there are many.
type Everything = BTreeMap<Position, Vec<Derived>>;

async fn derived_from(
    store: &Arc<dyn Store>,
    views: Option<&Queries>,
    livechat: &LivechatId,
) -> Result<Everything, Error> {
    let mut derived = Everything::new();
    if let Some(views) = views
        && let Some(floor) = views.floor(livechat).await?
    {
        derived.entry(floor.position).or_default().push(Derived::Floor(Box::new(floor)));
    }
    if let Some(snapshot) = store.read().snapshot(livechat).await? {
        derived.entry(snapshot.position).or_default().push(Derived::Snapshot(Box::new(snapshot)));
    }
    Ok(derived)
}

/// The state snapshots along a log.
struct StateSnapshots {
    store: Arc<dyn Store>,
    livechat: LivechatId,
    runtime: Handle,
    /// Their positions, in order.
    positions: Vec<Position>,
}

impl StateSnapshots {
    async fn along(store: &Arc<dyn Store>, livechat: &LivechatId) -> Result<Self, Error> {
        let positions = match store.state_snapshots() {
            Some(snapshots) => {
                snapshots.all(livechat).await?.iter().map(|snapshot| snapshot.position).collect()
            }
            None => vec![],
        };
        Ok(Self { store: store.clone(), livechat: livechat.clone(), runtime: Handle::current(), positions })
    }

    /// Those after the end of the log.
    fn beyond(&self, head: Position) -> Vec<Position> {
        self.positions.iter().copied().filter(|snapshot| *snapshot > head).collect()
    }

    /// Those in a page, opened: the thread has nothing else to do until its page may be folded. One
    /// before the first record is in the page of that record.
    fn opened(&self, page: &[Chained]) -> Result<Vec<(Position, Derived)>, Error> {
        let position = |chained: Option<&Chained>| chained.map_or(0, |chained| chained.record.position);
        let (first, last) = (position(page.first()), position(page.last()));
        let from = self.positions.partition_point(|snapshot| *snapshot < first && first > 1);
        let mut opened = vec![];
        for position in self.positions[from..].iter().take_while(|snapshot| **snapshot <= last) {
            let Some(snapshots) = self.store.state_snapshots() else { break };
            // One that was removed meanwhile is not reported.
            if let Some(snapshot) = self.runtime.block_on(snapshots.at(&self.livechat, *position))? {
                opened.push((*position, Derived::of_state_snapshot(&self.livechat, snapshot)));
            }
        }
        Ok(opened)
    }
}

/// A livechat on the way.
struct Walk {
    livechat: LivechatId,
    derived: Everything,
    /// State snapshots after the end of the log.
    beyond: Vec<Position>,
    past: StateAt,
    checker: Checker,
    last: Option<Record>,
    found: Findings,
    /// It cannot be followed any further.
    is_lost: bool,
}

impl Walk {
    fn begin(livechat: LivechatId, derived: Everything, beyond: Vec<Position>) -> Self {
        Self {
            derived,
            beyond,
            past: StateAt::empty(livechat.clone()),
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

    /// Folds a page; returns what is to be compared, with the states at their positions.
    fn page(&mut self, page: &[Chained], snapshots: Vec<(Position, Derived)>) -> Vec<Comparison> {
        let mut comparisons = vec![];
        let until = page.last().map_or(0, |last| last.record.position);
        let later = self.derived.split_off(&(until + 1));
        let mut here = std::mem::replace(&mut self.derived, later);
        for (position, snapshot) in snapshots {
            here.entry(position).or_default().push(snapshot);
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
            if let Some(derived) = here.remove(&record.position) {
                let record_hash = chained.hash_bytes().to_vec();
                comparisons.push(Comparison { past: self.past.clone(), record_hash, derived });
            }
        }
        self.last = page.last().map(|last| last.record.clone());
        // Anything before the first record, or between two.
        for (position, derived) in here {
            for derived in &derived {
                self.find(position, derived.subject(), "no record has this position");
            }
        }
        comparisons
    }

    fn learn(&mut self, Outcome { position, subject, compared }: Outcome, verified: &mut Verified) {
        match compared {
            Compared::OtherVersion => verified.other_version += 1,
            Compared::Wrong(what) => self.find(position, subject, what),
            Compared::Right => match subject {
                Subject::Snapshot => verified.snapshots += 1,
                Subject::StateSnapshot => verified.state_snapshots += 1,
                Subject::Floor => verified.floors += 1,
                Subject::Log | Subject::Invariant => {}
            },
        }
    }

    /// Checks the whole state, which is right only once every event of a command is folded.
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
        for (position, derived) in std::mem::take(&mut self.derived) {
            for derived in derived {
                self.find(position, derived.subject(), &*beyond);
            }
        }
        for position in std::mem::take(&mut self.beyond) {
            self.find(position, Subject::StateSnapshot, &*beyond);
        }
    }

    fn add_to(self, verified: &mut Verified) {
        verified.events += self.past.position;
        verified.found.extend(self.found);
    }
}
