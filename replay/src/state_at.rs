//! A livechat as it was, and how far into a log that reaches.

use std::sync::Arc;

use domain::{Livechat, LivechatId, Timestamp};
use journal::upcast::decode;
use journal::{Position, Record, Store};
use projections::FloorState;

use crate::error::Error;

/// How far into the past to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// Just after this position of the log.
    Position(Position),
    /// Just after everything that had happened by this time.
    Time(Timestamp),
}

/// A livechat as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct StateAt {
    /// The position of the last event that had happened; 0 before the first.
    pub position: Position,
    /// The state that the events up to there add up to; its clock is the time of the last of them.
    pub livechat: Livechat,
    /// The floor, the queue and the calls for help as they were.
    pub floor: FloorState,
}

impl StateAt {
    /// A livechat before its first event.
    pub fn empty(livechat: LivechatId) -> Self {
        Self { position: 0, livechat: Livechat::default(), floor: FloorState::empty(livechat) }
    }

    /// Folds the next record.
    ///
    /// # Errors
    /// When it is not the next one: a log with a hole has no past to compute.
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

impl AsOf {
    /// How far that is in a log that ends at `head`.
    ///
    /// A time is looked for between the records at which the clock was set back, where times never go back. It has
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
                return Ok(Extent { certain: end, end, moment: Timestamp::MAX_UTC });
            }
            Self::Time(moment) => moment,
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
    pub(crate) end: Position,
    /// Between the two, those had that are not later than this.
    moment: Timestamp,
}

impl Extent {
    /// Had nothing after this position happened by then?
    pub const fn ends_by(&self, position: Position) -> bool {
        position >= self.end
    }

    /// Had this record happened by then?
    pub fn includes(&self, record: &Record) -> bool {
        record.position <= self.certain || record.position <= self.end && record.event.at <= self.moment
    }
}
