//! Reads the log ahead: while one batch is being stored, the next is read and decoded.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::LivechatId;
use journal::{Position, Record};
use tokio_util::task::AbortOnDropHandle;

use super::backoff::Backoff;
use crate::error::Error;
use crate::event_source::EventSource;

/// Events read from the log for one transaction: most conversations begin and end within as many, so that
/// their rows are written once.
pub(crate) const BATCH_EVENTS: usize = 10_000;

/// What is still to be read of a livechat: after the first position, up to the second.
pub(crate) type Part = (LivechatId, Position, Position);

/// Reads parts of the log one after the other.
pub(crate) struct ReadAhead<L> {
    log: Arc<L>,
    parts: VecDeque<Part>,
}

/// Events that were read together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) events: Vec<Arc<Record>>,
    /// Livechats whose log has something missing or damaged after these events, and where; no more of them is read.
    pub(crate) holes: Vec<(LivechatId, Position, Error)>,
}

impl Batch {
    pub(crate) const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.holes.is_empty()
    }
}

/// A batch that is being read.
pub(crate) type Reading<L> = AbortOnDropHandle<(ReadAhead<L>, Batch)>;

impl<L: EventSource + 'static> ReadAhead<L> {
    pub(crate) fn of(log: Arc<L>, parts: impl IntoIterator<Item = Part>) -> Self {
        Self { log, parts: parts.into_iter().filter(|(_, reached, head)| reached < head).collect() }
    }

    /// Keeps only the livechats for which this is true.
    pub(crate) fn retain(&mut self, is_wanted: impl Fn(&LivechatId) -> bool) {
        self.parts.retain(|(livechat, ..)| is_wanted(livechat));
    }

    /// Reads the next batch in a task of its own; an empty one is the end.
    pub(crate) fn read(self) -> Reading<L> {
        AbortOnDropHandle::new(tokio::spawn(self.gather()))
    }

    async fn gather(mut self) -> (Self, Batch) {
        let mut batch = Batch::default();
        while let Some((livechat, reached, head)) = self.parts.front_mut() {
            let Some(room) = BATCH_EVENTS.checked_sub(batch.events.len()).filter(|room| *room > 0) else {
                break;
            };
            let (events, hole) = match read(&*self.log, livechat, *reached, room).await {
                Ok(events) => contiguous(livechat, *reached, events),
                Err(damage) => (vec![], Some(damage)),
            };
            *reached += events.len() as Position;
            let is_done = *reached >= *head || hole.is_some();
            // The events are long, or the next one is damaged.
            let is_cut = events.len() < room && !is_done;
            batch.events.extend(events);
            if let Some(hole) = hole {
                batch.holes.push((livechat.clone(), *reached + 1, hole));
            }
            if is_done {
                self.parts.pop_front();
            }
            if is_cut {
                break;
            }
        }
        (self, batch)
    }
}

/// Reads, with as many retries as it takes; damage is not retried.
async fn read(
    log: &impl EventSource,
    livechat: &LivechatId,
    after: Position,
    limit: usize,
) -> Result<Vec<Arc<Record>>, Error> {
    let mut backoff = Backoff::default();
    loop {
        match log.read(livechat, after, limit).await {
            Ok(events) => return Ok(events),
            Err(error) => match error.downcast::<journal::Error>().map(|error| *error) {
                Ok(journal::Error::Damaged { livechat, problem }) => {
                    return Err(Error::Damaged { livechat, problem });
                }
                Ok(error) => backoff.wait("the log", &error).await,
                Err(error) => backoff.wait("the log", &*error).await,
            },
        }
    }
}

/// The events that follow `after` without a gap, and the gap behind them if there is one.
fn contiguous(
    livechat: &LivechatId,
    after: Position,
    mut events: Vec<Arc<Record>>,
) -> (Vec<Arc<Record>>, Option<Error>) {
    let sound = events.iter().zip(after + 1..).take_while(|(event, expected)| event.position == *expected);
    let sound = sound.count();
    // The head is further, so nothing at all is a hole up to the end.
    let found = events.get(sound).map(|event| event.position);
    let hole = (found.is_some() || sound == 0).then(|| Error::Hole {
        livechat: livechat.clone(),
        expected: after + 1 + sound as Position,
        found: found.unwrap_or_default(),
    });
    events.truncate(sound);
    (events, hole)
}
