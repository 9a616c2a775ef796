//! A livechat as it was.

use domain::{Instant, Livechat, LivechatId};
use journal::{Journal, Position};

/// Records read from the log at once.
const PAGE: usize = 1_000;

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
    /// The state that the events up to there add up to.
    pub livechat: Livechat,
}

/// A livechat as it was at a position or a moment (spec.md §The desk, the supervisor, the visitor).
///
/// The log is read in pages, so memory does not grow with its length.
///
/// # Errors
/// When the log cannot be read.
pub async fn at(journal: &Journal, livechat: &LivechatId, until: Until) -> Result<Past, journal::Error> {
    let mut past = Past { position: 0, livechat: Livechat::default() };
    loop {
        let page = journal.read(livechat, past.position, PAGE).await?;
        for record in &page {
            let happened = match until {
                Until::Position(position) => record.position <= position,
                Until::Moment(moment) => record.event.at <= moment,
            };
            if !happened {
                return Ok(past);
            }
            domain::evolve(&mut past.livechat, &record.event);
            past.position = record.position;
        }
        if page.len() < PAGE {
            return Ok(past);
        }
    }
}
