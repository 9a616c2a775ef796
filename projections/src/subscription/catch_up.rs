//! Brings the rows of one slot up to date with the log, batch by batch, and parks livechats that cannot be stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::LivechatId;
use futures::future::join_all;
use journal::{Position, Record};
use metrics::{counter, gauge};

use super::backoff::Backoff;
use super::coordination::{Coordination, ParkedNow};
use super::parked::{self, Parked};
use super::read_ahead::{Part, ReadAhead};
use crate::database::Database;
use crate::encoding;
use crate::error::Error;
use crate::event_source::EventSource;
use crate::runner::Runner;
use crate::slot::Slot;

/// Writes the rows of one slot at a time.
pub(crate) struct Subscriber<'a, L> {
    pub(crate) log: Arc<L>,
    pub(crate) runner: Runner,
    pub(crate) coordination: &'a Coordination,
    /// Whether these are the rows that are read: metrics report no others.
    is_active: bool,
}

/// Parts of the log for several writers, each about as many events. A livechat belongs to one writer: two of them
/// write different rows and never wait for each other.
fn lanes(parts: impl Iterator<Item = Part>, count: usize) -> Vec<Vec<Part>> {
    let events = |(_, reached, head): &Part| head.saturating_sub(*reached);
    let mut parts: Vec<Part> = parts.collect();
    parts.sort_by_key(|part| std::cmp::Reverse(events(part)));
    let mut lanes: Vec<(Position, Vec<Part>)> = vec![(0, vec![]); count.max(1)];
    for part in parts {
        if let Some((behind, lane)) = lanes.iter_mut().min_by_key(|(behind, _)| *behind) {
            *behind += events(&part);
            lane.push(part);
        }
    }
    lanes.into_iter().map(|(_, lane)| lane).collect()
}

/// The outcome of writing a batch.
enum Written {
    Done,
    /// It can never be written.
    Refused(Error),
    /// A switch to another slot is requested, and comes first.
    Interrupted,
}

impl<'a, L: EventSource + 'static> Subscriber<'a, L> {
    /// Writes the rows that are read.
    pub(crate) const fn new(log: Arc<L>, runner: Runner, coordination: &'a Coordination) -> Self {
        Self { log, runner, coordination, is_active: true }
    }

    /// Writes rows that nobody reads yet.
    pub(crate) const fn background(log: Arc<L>, runner: Runner, coordination: &'a Coordination) -> Self {
        Self { log, runner, coordination, is_active: false }
    }

    pub(crate) const fn database(&self) -> &Database {
        self.runner.database()
    }

    /// Waits before a retry, at most until a switch is requested. Returns whether to retry.
    async fn wait(
        &self,
        backoff: &mut Backoff,
        what: &'static str,
        error: &(dyn std::error::Error + Send + Sync + 'static),
    ) -> bool {
        tokio::select! {
            () = backoff.wait(what, error) => true,
            () = self.coordination.switch_requested() => false,
        }
    }

    /// Applies everything that the log has and the rows do not, or until a switch is requested. Returns about how
    /// many events that was.
    pub(crate) async fn catch_up(&self) -> Position {
        let mut backoff = Backoff::default();
        let (heads, checkpoints) = loop {
            // In this order: the log only grows, so its heads are never behind rows of the same log.
            let again = match (self.runner.checkpoints().await, self.log.heads().await) {
                (Ok(checkpoints), Ok(heads)) => {
                    break (heads.into_iter().collect::<BTreeMap<_, _>>(), checkpoints);
                }
                (_, Err(error)) => self.wait(&mut backoff, "the log", &*error).await,
                (Err(error), _) => self.wait(&mut backoff, "the projections", &error).await,
            };
            if !again {
                return 0;
            }
        };
        for (livechat, checkpoint) in &checkpoints {
            self.database().progress.moved(livechat, *checkpoint);
            let head = heads.get(livechat).copied().unwrap_or_default();
            if head < *checkpoint {
                let (livechat, checkpoint) = (livechat.clone(), *checkpoint);
                self.park(&livechat.clone(), head, None, &Error::Ahead { livechat, checkpoint, head }).await;
            }
        }
        let position = |livechat: &LivechatId| checkpoints.get(livechat).copied().unwrap_or_default();
        let behind = heads.iter().map(|(id, head)| head.saturating_sub(position(id))).sum();
        let parts = heads.into_iter().map(|(livechat, head)| {
            let reached = position(&livechat);
            (livechat, reached, head)
        });
        let lanes = lanes(parts, self.database().writers());
        let lanes = lanes.into_iter().map(|parts| self.catch_up_lane(ReadAhead::of(self.log.clone(), parts)));
        join_all(lanes).await;
        behind
    }

    /// Applies parts of the log, one after the other, or until a switch is requested.
    async fn catch_up_lane(&self, mut reader: ReadAhead<L>) {
        reader.retain(|livechat| !self.coordination.is_parked(livechat));
        let mut reading = reader.read();
        loop {
            let read = tokio::select! {
                read = reading => read,
                () = self.coordination.switch_requested() => return,
            };
            // It ends early only if it panics; then the next live event shows that something is missing.
            let Ok((mut reader, batch)) = read else { return };
            if batch.is_empty() {
                return;
            }
            reader.retain(|livechat| !self.coordination.is_parked(livechat));
            reading = reader.read();
            self.apply(batch.events).await;
            for (livechat, expected, hole) in batch.holes {
                self.park(&livechat, expected, None, &hole).await;
            }
        }
    }

    /// Applies a batch. Returns whether all of it was applied; if not, an event is missing before it and the log
    /// has to be read.
    pub(crate) async fn apply(&self, batch: Vec<Arc<Record>>) -> bool {
        let mut batches = vec![batch];
        while let Some(mut batch) = batches.pop() {
            batch.retain(|event| !self.coordination.is_parked(&event.livechat));
            match self.write(&batch).await {
                Written::Done => {}
                Written::Interrupted | Written::Refused(Error::Hole { .. }) => return false,
                Written::Refused(error) => {
                    if let [event] = &batch[..] {
                        let name = event.event.fact.name();
                        self.park(&event.livechat, event.position, Some(name), &error).await;
                    } else {
                        // The batch is bisected to find the event that is refused; all others are applied.
                        let second = batch.split_off(batch.len() / 2);
                        batches.extend([second, batch]);
                    }
                }
            }
        }
        true
    }

    /// Writes a batch, with as many retries as it takes.
    async fn write(&self, batch: &[Arc<Record>]) -> Written {
        let mut backoff = Backoff::default();
        loop {
            match self.runner.apply(batch).await {
                Ok(_) => {
                    if self.is_active {
                        counter!("projections_events_total").increment(batch.len() as u64);
                    }
                    return Written::Done;
                }
                Err(error) if error.is_permanent() => return Written::Refused(error),
                Err(error) if self.wait(&mut backoff, "the projections", &error).await => {}
                Err(_) => return Written::Interrupted,
            }
        }
    }

    /// Leaves a livechat as it is, until a retry is requested.
    async fn park(&self, livechat: &LivechatId, position: Position, event: Option<&str>, error: &Error) {
        if self.coordination.is_parked(livechat) {
            return;
        }
        tracing::error!(%livechat, position, event, %error, "the projections of this livechat are parked here");
        let parked = Parked::new(livechat, encoding::position(position), event, error, self.log.now());
        let mut backoff = Backoff::default();
        let is_noted = loop {
            match parked::note(self.database(), parked.clone()).await {
                Ok(()) => break true,
                Err(error) if error.is_permanent() => {
                    tracing::error!(%livechat, %error, "cannot store that this livechat is parked");
                    break false;
                }
                Err(error) if self.wait(&mut backoff, "the projections", &error).await => {}
                // It is noticed again in the slot that is switched to.
                Err(_) => return,
            }
        };
        self.coordination.park(livechat.clone(), is_noted);
        self.report_parked();
    }

    /// Unparks the livechats that are to be retried at the next [`catch_up`](Self::catch_up).
    pub(crate) fn unpark(&self) {
        self.coordination.unpark();
        self.report_parked();
    }

    /// Sets which livechats are parked.
    pub(crate) fn set_parked(&self, parked: ParkedNow) {
        self.coordination.set_parked(parked);
        self.report_parked();
    }

    /// Deletes the rows of livechats that are no longer parked.
    pub(crate) async fn delete_stale_parked(&self) {
        let mut backoff = Backoff::default();
        while let Err(error) = parked::retain(self.database(), &self.coordination.parked()).await {
            if error.is_permanent() || !self.wait(&mut backoff, "the projections", &error).await {
                tracing::warn!(%error, "cannot delete the rows of livechats that are no longer parked");
                return;
            }
        }
    }

    fn report_parked(&self) {
        if self.is_active {
            let parked = self.coordination.parked();
            gauge!("projections_parked").set(encoding::approximate(parked.len() as u64));
            self.database().progress.stopped(parked.into_keys().collect());
        }
    }

    /// Reports which slot is active.
    pub(crate) fn report_active_slot(&self) {
        for slot in Slot::ALL {
            let is_active = self.database().slot() == Some(slot);
            gauge!("projections_active_slot", "slot" => slot.to_string()).set(f64::from(u8::from(is_active)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, reached: Position, head: Position) -> Part {
        (LivechatId::parse(name).unwrap(), reached, head)
    }

    #[test]
    fn writers_get_about_as_many_events_each_and_share_no_livechat() {
        let parts =
            [part("a", 0, 10), part("b", 5, 100), part("c", 0, 60), part("d", 0, 40), part("e", 7, 7)];
        let two = lanes(parts.clone().into_iter(), 2);
        assert_eq!(
            two,
            [
                vec![parts[1].clone(), parts[0].clone()],
                vec![parts[2].clone(), parts[3].clone(), parts[4].clone()]
            ]
        );
        let one = lanes(parts.clone().into_iter(), 1);
        assert_eq!(one.concat().len(), parts.len());
        assert_eq!(lanes(std::iter::empty(), 2), [vec![], vec![]]);
        assert_eq!(lanes(parts.into_iter(), 0).len(), 1);
    }
}
