//! Brings rows up to date with the log, page by page, and parks what cannot be stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::LivechatId;
use futures::future::join_all;
use journal::{Position, Record};
use metrics::{counter, gauge};

use crate::ahead::{Ahead, Part};
use crate::backoff::Backoff;
use crate::colour::Colour;
use crate::control::{Control, ParkedNow};
use crate::database::Database;
use crate::error::Error;
use crate::format;
use crate::log::Log;
use crate::parked::{self, Parked};
use crate::runner::Runner;

/// One who writes the rows of one place at a time.
pub(crate) struct Follower<'a, L> {
    pub(crate) log: Arc<L>,
    pub(crate) runner: Runner,
    pub(crate) control: &'a Control,
    /// Whether the rows are those that are read: metrics tell of no others.
    is_read: bool,
}

/// Parts of the log for several who write at once, each about as many events. A livechat is one's alone: what
/// two write at the same time is about different rows, and never waits for the other.
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

/// What became of a batch.
enum Written {
    Done,
    /// It will never be written.
    Refused(Error),
    /// There is another place to move to first.
    Interrupted,
}

impl<'a, L: Log + 'static> Follower<'a, L> {
    /// One who writes the rows that are read.
    pub(crate) const fn new(log: Arc<L>, runner: Runner, control: &'a Control) -> Self {
        Self { log, runner, control, is_read: true }
    }

    /// One who writes rows that nobody reads yet.
    pub(crate) const fn silent(log: Arc<L>, runner: Runner, control: &'a Control) -> Self {
        Self { log, runner, control, is_read: false }
    }

    pub(crate) const fn database(&self) -> &Database {
        self.runner.database()
    }

    /// Waits before something is tried again; no longer than until there is another place to move to.
    /// Tells whether to try.
    async fn wait(
        &self,
        backoff: &mut Backoff,
        what: &'static str,
        error: &(dyn std::error::Error + Send + Sync + 'static),
    ) -> bool {
        tokio::select! {
            () = backoff.wait(what, error) => true,
            () = self.control.offered() => false,
        }
    }

    /// Applies everything that the log has and the rows have not, or until there is another place to move
    /// to. Tells how many events that was about.
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
        let lanes = lanes.into_iter().map(|parts| self.bring_up(Ahead::of(self.log.clone(), parts)));
        join_all(lanes).await;
        behind
    }

    /// Applies parts of the log, one after the other, or until there is another place to move to.
    async fn bring_up(&self, mut ahead: Ahead<L>) {
        ahead.retain(|livechat| !self.control.is_parked(livechat));
        let mut reading = ahead.read();
        loop {
            let read = tokio::select! {
                read = reading => read,
                () = self.control.offered() => return,
            };
            // It ends early only if it panics; then the next live event shows that something is missing.
            let Ok((mut ahead, batch)) = read else { return };
            if batch.is_empty() {
                return;
            }
            ahead.retain(|livechat| !self.control.is_parked(livechat));
            reading = ahead.read();
            self.apply(batch.events).await;
            for (livechat, expected, hole) in batch.holes {
                self.park(&livechat, expected, None, &hole).await;
            }
        }
    }

    /// Applies a batch. Tells whether all is well; if not, an event is missing before it and the log
    /// has to be read.
    pub(crate) async fn apply(&self, batch: Vec<Arc<Record>>) -> bool {
        let mut batches = vec![batch];
        while let Some(mut batch) = batches.pop() {
            batch.retain(|event| !self.control.is_parked(&event.livechat));
            match self.write(&batch).await {
                Written::Done => {}
                Written::Interrupted | Written::Refused(Error::Hole { .. }) => return false,
                Written::Refused(error) => {
                    if let [event] = &batch[..] {
                        let name = event.event.fact.name();
                        self.park(&event.livechat, event.position, Some(name), &error).await;
                    } else {
                        // One event spoils the batch: its half is found, and the others get their due.
                        let second = batch.split_off(batch.len() / 2);
                        batches.extend([second, batch]);
                    }
                }
            }
        }
        true
    }

    /// Writes a batch, however often it takes.
    async fn write(&self, batch: &[Arc<Record>]) -> Written {
        let mut backoff = Backoff::default();
        loop {
            match self.runner.apply(batch).await {
                Ok(_) => {
                    if self.is_read {
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

    /// Leaves a livechat as it is, until somebody wants it tried again.
    async fn park(&self, livechat: &LivechatId, position: Position, event: Option<&str>, error: &Error) {
        if self.control.is_parked(livechat) {
            return;
        }
        tracing::error!(%livechat, position, event, %error, "the projections of this livechat stop here");
        let parked = Parked::new(livechat, format::position(position), event, error, self.log.now());
        let mut backoff = Backoff::default();
        let is_noted = loop {
            match parked::note(self.database(), parked.clone()).await {
                Ok(()) => break true,
                Err(error) if error.is_permanent() => {
                    tracing::error!(%livechat, %error, "that it stops cannot be noted");
                    break false;
                }
                Err(error) if self.wait(&mut backoff, "the projections", &error).await => {}
                // It is found out again where it moves to.
                Err(_) => return,
            }
        };
        self.control.park(livechat.clone(), is_noted);
        self.show_parked();
    }

    /// Has those tried again that are to be, at the next [`catch_up`](Self::catch_up).
    pub(crate) fn unpark(&self) {
        self.control.unpark();
        self.show_parked();
    }

    /// Takes over what is known to be parked.
    pub(crate) fn set_parked(&self, parked: ParkedNow) {
        self.control.set_parked(parked);
        self.show_parked();
    }

    /// Deletes the notes of livechats that were parked and have been tried again since.
    pub(crate) async fn forget_unparked(&self) {
        let mut backoff = Backoff::default();
        while let Err(error) = parked::keep(self.database(), &self.control.parked()).await {
            if error.is_permanent() || !self.wait(&mut backoff, "the projections", &error).await {
                tracing::warn!(%error, "what was parked before cannot be forgotten");
                return;
            }
        }
    }

    fn show_parked(&self) {
        if self.is_read {
            let parked = self.control.parked();
            gauge!("projections_parked").set(format::approximate(parked.len() as u64));
            self.database().progress.stopped(parked.into_keys().collect());
        }
    }

    /// Shows which place is read.
    pub(crate) fn show_place(&self) {
        for colour in Colour::ALL {
            let is_read = self.database().colour() == Some(colour);
            gauge!("projections_place", "colour" => colour.to_string()).set(f64::from(u8::from(is_read)));
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
    fn who_write_at_once_have_about_as_many_events_each_and_no_livechat_in_common() {
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
