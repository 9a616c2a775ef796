//! Observers of the log: feeds that break off and resume, projections that crash and catch up, and a task that compares
//! what is in memory with what is durable.

use std::cmp::Ordering;
use std::sync::Arc;

use domain::{Fact, Livechat, LivechatFact, LivechatId, OperatorId};
use futures::StreamExt;
use journal::{Journal, Position, Record, Scope};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::cluster::Cluster;
use super::scheduler::Group;

/// Records read from the log at once.
const PAGE: usize = 64;

impl Cluster {
    /// Is this what the log has at that position, and durable?
    fn is_true(&self, record: &Record) -> Result<(), String> {
        let inner = self.inner();
        let index = usize::try_from(record.position).unwrap_or(0).wrapping_sub(1);
        let there = inner.oracles.get(&record.livechat).and_then(|oracle| oracle.records.get(index));
        if there.is_some_and(|there| **there == *record) {
            return Ok(());
        }
        Err(format!("{}: record {} is told and is not in the log", record.livechat, record.position))
    }

    /// The next record of a scope after a position.
    fn next_in_scope(&self, livechat: &LivechatId, scope: &Scope, after: Position) -> Option<Position> {
        let inner = self.inner();
        let oracle = inner.oracles.get(livechat)?;
        let rest = oracle.records.get(usize::try_from(after).unwrap_or(usize::MAX)..)?;
        rest.iter().find(|record| includes(scope, record)).map(|record| record.position)
    }
}

/// Written independently: the conversations that an event concerns.
fn includes(scope: &Scope, record: &Record) -> bool {
    let of = |operator: &OperatorId| match &record.event.fact {
        // A desk shows what the settings say.
        Fact::Livechat(fact) => matches!(fact, LivechatFact::SettingsChanged { .. }),
        Fact::Operator { operator: one, .. } => one == operator,
        Fact::Conversation { operator: one, fact, .. } => {
            one.as_ref() == Some(operator) || fact.taken_from() == Some(operator)
        }
    };
    match scope {
        Scope::Livechat => true,
        Scope::Conversation(id) => record.event.fact.conversation_id() == Some(*id),
        Scope::Operator(operator) => of(operator),
    }
}

/// Follows a feed forever, from where it broke off. Each position comes once, in order, and none is left out.
pub(super) async fn feed(cluster: Cluster, livechat: LivechatId, scope: Scope) {
    let mut reached: Position = 0;
    let name = (livechat.clone(), format!("{scope:?}"));
    cluster.inner().reached.insert(name.clone(), (scope.clone(), reached));
    let slow_ms = if cluster.rng.chance(300) { 2_000 } else { 2 };
    loop {
        cluster.up().await;
        let (send, mut records) = mpsc::channel(1 + cluster.rng.below(8));
        if let Some((journal, number)) = cluster.server() {
            let stream = journal.follow(&livechat, scope.clone(), reached);
            drop(journal);
            cluster.spawner.spawn(Group::Requests(number), async move {
                let mut stream = std::pin::pin!(stream);
                while let Some(Ok(record)) = stream.next().await {
                    if send.send(record).await.is_err() {
                        return;
                    }
                }
            });
        }
        while let Some(record) = records.recv().await {
            cluster.must(cluster.is_true(&record));
            let expected = cluster.next_in_scope(&livechat, &scope, reached);
            if expected != Some(record.position) {
                let position = record.position;
                cluster.fail(format!(
                    "a feed of {livechat} was at {reached}, expects {expected:?}, gets {position}"
                ));
            }
            reached = record.position;
            cluster.inner().reached.insert(name.clone(), (scope.clone(), reached));
            if cluster.rng.chance(cluster.faults.rates().feed_breaks) {
                break;
            }
            if slow_ms > 2 && !cluster.faults.are_over() {
                sleep(cluster.rng.millis(0, slow_ms)).await;
            }
        }
        cluster.faults.state().counts.feeds_resumed += 1;
        sleep(cluster.rng.millis(1, 500)).await;
    }
}

/// The projections: they catch up with the log, then go on live, until the process crashes.
pub(super) async fn project(cluster: Cluster, journal: Journal) {
    loop {
        let mut batches = journal.batches();
        for livechat in cluster.livechats.iter() {
            catch_up(&cluster, &journal, livechat).await;
        }
        loop {
            let Ok(batch) = batches.recv().await else { break };
            for record in batch.iter() {
                cluster.must(cluster.is_true(record));
            }
            let rates = cluster.faults.rates();
            let mut given = vec![batch];
            if cluster.rng.chance(rates.batch_disordered) {
                cluster.faults.state().counts.disordered += 1;
                match batches.try_recv() {
                    // The later one first.
                    Ok(next) => given.insert(0, next),
                    Err(_) => given.push(given[0].clone()),
                }
            }
            let whole = given.iter().all(|batch| cluster.inner().rows.apply(batch).is_ok());
            if !whole {
                break;
            }
            if cluster.rng.chance(rates.projections_fall) {
                cluster.faults.state().counts.disordered += 1;
                drop(batches);
                sleep(cluster.rng.millis(1, 20_000)).await;
                break;
            }
        }
        if journal.is_open() {
            sleep(cluster.rng.millis(0, 5)).await;
        } else {
            return;
        }
    }
}

async fn catch_up(cluster: &Cluster, journal: &Journal, livechat: &LivechatId) {
    loop {
        let reached = cluster.inner().rows.reached(livechat);
        let Ok(page) = journal.read(livechat, reached, PAGE).await else {
            sleep(cluster.rng.millis(10, 1_000)).await;
            continue;
        };
        if page.is_empty() {
            return;
        }
        if cluster.inner().rows.apply(&page).is_err() {
            cluster.fail(format!("{livechat}: a page after {reached} begins later"));
            return;
        }
    }
}

/// Now and then, what is in memory is compared with what is durable.
pub(super) async fn compare(cluster: Cluster) {
    loop {
        sleep(cluster.rng.millis(500, 60_000)).await;
        cluster.up().await;
        let Some(livechat) = cluster.rng.pick(&cluster.livechats).cloned() else { return };
        let Some((journal, number)) = cluster.server() else { continue };
        let (send, seen) = oneshot::channel();
        let asked = livechat.clone();
        cluster.spawner.spawn(Group::Requests(number), async move {
            if let Ok(seen) = journal.snapshot(&asked, Livechat::clone).await {
                let _ = send.send(seen);
            }
        });
        let Ok((position, state)) = seen.await else { continue };
        let inner = cluster.inner();
        let Some(oracle) = inner.oracles.get(&livechat) else { return };
        let told = |what: &str| Some(format!("{livechat}: at {position}, {what}"));
        let same = match position.cmp(&oracle.position()) {
            Ordering::Greater => None,
            Ordering::Equal => Some(state == oracle.state),
            Ordering::Less => Some(state == oracle.at(position)),
        };
        let verdict = match same {
            Some(true) => None,
            Some(false) => told("another state than the log gives"),
            None => told("which is not durable"),
        };
        drop(inner);
        match verdict {
            Some(what) => cluster.fail(what),
            None => cluster.faults.state().counts.compared += 1,
        }
    }
}

/// In the end: every feed has had all of its records, and the rows are those of the whole log.
pub(super) fn close(cluster: &Cluster) {
    let feeds: Vec<_> = cluster.inner().reached.clone().into_iter().collect();
    for ((livechat, _), (scope, reached)) in feeds {
        if let Some(position) = cluster.next_in_scope(&livechat, &scope, reached) {
            cluster.fail(format!("{livechat}: the feed of {scope:?} was never given {position}"));
        }
    }
    for livechat in cluster.livechats.iter() {
        let log: Vec<Arc<Record>> =
            cluster.inner().oracles.get(livechat).map(|oracle| oracle.records.clone()).unwrap_or_default();
        let compared = cluster.inner().rows.compare(livechat, &log);
        cluster.must(compared.map_err(|what| format!("{livechat}: {what}")));
    }
}
