//! Reading a log in pages: while one is worked on, the next is read.
//!
//! Invariant: at most two pages are in memory.

use domain::LivechatId;

use super::error::Error;
use crate::log::chain::Tail;
use crate::log::record::Position;
use crate::log::store::{Read, StoredRecord};

/// Records in a page: enough for the database to be busy, a few MB.
const PAGE: u64 = 4_000;

/// Hands the records of a livechat after `after` up to `until` to `work`, which keeps what it finds in
/// `state`; `done` is called with the number of records of each page. Work is off the threads that wait for databases.
///
/// Gives the state back, with what `work` had to complain of.
pub(super) async fn pages<S: Send + 'static>(
    log: &dyn Read,
    livechat: &LivechatId,
    (after, until): (Position, Position),
    mut state: S,
    work: fn(&mut S, &[StoredRecord]) -> Result<(), Error>,
    mut done: impl FnMut(u64),
) -> Result<(S, Result<(), Error>), Error> {
    let next = async |after: Position| {
        let limit = until.saturating_sub(after).min(PAGE);
        log.page(livechat, after, usize::try_from(limit).unwrap_or(usize::MAX)).await
    };
    let mut page = next(after).await?;
    while let Some(last) = page.last() {
        let (last, records) = (last.position, page.len() as u64);
        let working = tokio::task::spawn_blocking(move || {
            let worked = work(&mut state, &page);
            (state, worked)
        });
        let (worked, following) = tokio::join!(working, next(last));
        let (given_back, outcome) = worked?;
        state = given_back;
        if outcome.is_err() {
            return Ok((state, outcome));
        }
        done(records);
        page = following?;
    }
    Ok((state, Ok(())))
}

/// Does the log hold the record that a file ends with?
pub(super) async fn holds(log: &dyn Read, livechat: &LivechatId, tail: Tail) -> Result<(), Error> {
    let record = log.page(livechat, tail.position.saturating_sub(1), 1).await?;
    if record.first().is_some_and(|record| record.position == tail.position && record.hash == tail.hash) {
        Ok(())
    } else {
        Err(Error::AnotherHistory { livechat: livechat.clone(), position: tail.position })
    }
}
