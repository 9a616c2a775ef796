//! A livechat as it was (spec.md §The desk, the supervisor, the visitor: any of these screens *as it was*).
//!
//! From the last stepping stone before it, or from the beginning where there is none: the same answer, sooner
//! or later.

use std::sync::Arc;

use domain::{Instant, Livechat, LivechatId};
use futures::TryStreamExt;
use journal::upcast::decode;
use journal::{Chained, Journal, Position, Record, Store};
use projections::Floor;

use crate::error::Error;
use crate::pages;
use crate::stones;

/// Records read at once: few enough that the first are folded while the last are read, on the way from a stone.
const PAGE: u64 = 1_000;

/// How far into the past to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Just after this position of the log.
    Position(Position),
    /// Just after everything that had happened by this moment.
    Moment(Instant),
}

/// A livechat as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The position of the last event that had happened; 0 before the first.
    pub position: Position,
    /// The state that the events up to there add up to; its clock is the time of the last of them.
    pub livechat: Livechat,
    /// The board, the queue and the calls for help as they were.
    pub floor: Floor,
}

impl Past {
    /// A livechat before anything has happened.
    pub fn unborn(livechat: LivechatId) -> Self {
        Self { position: 0, livechat: Livechat::default(), floor: Floor::empty(livechat) }
    }

    /// Folds the next record.
    ///
    /// # Errors
    /// When it is not the next one: a log with a hole tells no past.
    pub fn apply(&mut self, record: &Record) -> Result<(), Error> {
        if record.position != self.position + 1 {
            let problem = format!("record {} follows record {}", record.position, self.position);
            return Err(Error::damaged(&record.livechat, problem));
        }
        domain::evolve(&mut self.livechat, &record.event);
        self.floor.apply(record);
        self.position = record.position;
        Ok(())
    }
}

impl Until {
    /// How far that is in a log that ends at `head`.
    ///
    /// A moment is looked for between the records at which the clock was set back, where times never go back. It has
    /// come for the last time in the last such stretch that had begun by then: everything before that stretch has
    /// happened, whatever the time that a wrong clock gave it, and nothing after the stretch.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn extent(
        self,
        store: &Arc<dyn Store>,
        livechat: &LivechatId,
        head: Position,
    ) -> Result<Extent, Error> {
        let moment = match self {
            Self::Position(position) => {
                let end = position.min(head);
                return Ok(Extent { certain: end, end, moment: Instant::MAX_UTC });
            }
            Self::Moment(moment) => moment,
        };
        let mut extent = Extent { certain: 0, end: head, moment };
        for stored in store.read().set_backs(livechat).await? {
            let set_back = decode(&stored).map_err(|error| Error::damaged(livechat, error.to_string()))?;
            if set_back.event.at > moment {
                // It may go back further by another step.
                extent.end = extent.end.min(set_back.position - 1);
            } else {
                extent = Extent { certain: set_back.position, end: head, moment };
            }
        }
        Ok(extent)
    }
}

/// How far into a log a past reaches.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Up to here every record had happened.
    certain: Position,
    /// After here none had.
    end: Position,
    /// Between the two, those had that are not later than this.
    moment: Instant,
}

impl Extent {
    /// Had nothing happened by then that comes after this position?
    pub const fn ends_by(&self, position: Position) -> bool {
        position >= self.end
    }

    /// Had this record happened by then?
    pub fn includes(&self, record: &Record) -> bool {
        record.position <= self.certain || record.position <= self.end && record.event.at <= self.moment
    }
}

/// A livechat as it was at a position or a moment, from the log of a journal. See [`in_store`].
///
/// # Errors
/// When the log cannot be read.
pub async fn at(journal: &Journal, livechat: &LivechatId, until: Until) -> Result<Past, Error> {
    in_store(journal.store(), livechat, until).await
}

/// A livechat as it was at a position or a moment; as it is, where that is beyond the end of its log.
///
/// It costs a stepping stone and the few thousand events after it, wherever in the log that is; without any
/// stone, all the events before it. The log is read in pages, so memory does not grow with its length.
///
/// # Errors
/// When the log cannot be read, or is not whole.
pub async fn in_store(store: &Arc<dyn Store>, livechat: &LivechatId, until: Until) -> Result<Past, Error> {
    let begun = stones::last(store, livechat, until).await?;
    let past = begun.unwrap_or_else(|| Past::unborn(livechat.clone()));
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let extent = until.extent(store, livechat, head).await?;
    go_on(store, past, extent).await
}

/// Folds what came next, as long as it had happened.
async fn go_on(store: &Arc<dyn Store>, past: Past, extent: Extent) -> Result<Past, Error> {
    let (livechat, begun) = (past.floor.livechat().clone(), past.position);
    let (baton, pages) = pages::fold(store, &livechat, (begun, extent.end), PAGE, past, move |past, page| {
        for Chained { record, .. } in page {
            if !extent.includes(record) {
                return Ok(None);
            }
            past.apply(record)?;
        }
        Ok(Some(()))
    });
    pages.try_collect::<()>().await?;
    baton.take()
}
