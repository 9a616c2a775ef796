//! Is the log what was written? Every record is read, and nothing is believed.
//!
//! Invariant: a log that grows meanwhile is as whole as one that stands still. Each livechat is checked up to
//! the head that was read first.

use std::time::{Duration, Instant};

use domain::LivechatId;

use super::checks::ContentCheck;
use super::error::Error;
use super::logs::{Logs, logs};
use super::pages::pages;
use super::progress::Progress;
use crate::log::chain::{Defect, Problem, Tail};
use crate::log::record::Position;
use crate::log::store::{Head, Read, Store, StoredRecord};

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Livechats looked at.
    pub livechats: u64,
    /// Records found in order.
    pub records: u64,
    /// The first problem of each livechat that has one.
    pub problems: Vec<Problem>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Verified {
    /// Is nothing wrong?
    pub const fn is_whole(&self) -> bool {
        self.problems.is_empty()
    }

    /// Records verified per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn records_per_second(&self) -> f64 {
        self.records as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }
}

/// Checks every livechat of a log, or one: that positions are contiguous from 1, that every hash covers its
/// record and the one before, that every record can be read, has no NUL and none is older than the one before unless it says that
/// the clock was set back, and says so rightly, that the
/// head stands at the last record, and that the snapshot, if there is one, stands at a record of the log.
///
/// Somebody who computes every hash anew, or removes the last records and moves the head back, leaves a log
/// that is whole in itself: to find that, [`export`](super::export()) to the file of an earlier export. The
/// columns that repeat what is in the payload (`recorded_at`, `conversation_id`) are not looked at.
///
/// # Errors
/// When the log cannot be read, or the livechat has none. What is wrong with it is no error, but a finding.
pub async fn verify(
    store: &dyn Store,
    only: Option<&LivechatId>,
    progress: Progress<'_>,
) -> Result<Verified, Error> {
    let begun = Instant::now();
    let log = store.read();
    let Logs { livechats, records: all } = logs(log, only).await?;
    if let Some(only) = only.filter(|_| livechats.is_empty()) {
        return Err(Error::NoLog(only.clone()));
    }
    let mut found = Verified { livechats: 0, records: 0, problems: Vec::new(), elapsed: Duration::ZERO };
    let mut done = 0;
    progress(0, Some(all));
    for livechat in livechats {
        let one = verify_one(log, &livechat, |records| {
            done += records;
            progress(done, Some(all));
        });
        let (records, problem) = one.await?;
        found.livechats += 1;
        found.records += records;
        found.problems.extend(problem);
    }
    found.elapsed = begun.elapsed();
    Ok(found)
}

/// How many records of a livechat are in order, and the first problem after them.
async fn verify_one(
    log: &dyn Read,
    livechat: &LivechatId,
    done: impl FnMut(u64),
) -> Result<(u64, Option<Problem>), Error> {
    // The snapshot first: it stands at a durable record, so that a head that is read later is not behind it.
    let snapshot = log.snapshot(livechat).await?.map(|snapshot| (snapshot.position, snapshot.record_hash));
    let head = log.head(livechat).await?;
    let until = head.as_ref().map_or(Position::MAX, |head| head.position);
    let check = Check { tail: Tail::START, content: ContentCheck::default(), snapshot };
    let (check, outcome) = pages(log, livechat, (0, until), check, Check::page, done).await?;
    let problem = match outcome {
        Ok(()) => check.end(log, livechat, head).await?,
        Err(Error::Defective(problem)) => Some(problem),
        Err(error) => return Err(error),
    };
    Ok((check.tail.position, problem))
}

/// A livechat being checked.
struct Check {
    tail: Tail,
    content: ContentCheck,
    snapshot: Option<(Position, Vec<u8>)>,
}

impl Check {
    fn page(&mut self, page: &[StoredRecord]) -> Result<(), Error> {
        Ok(page.iter().try_for_each(|stored| self.record(stored))?)
    }

    fn record(&mut self, stored: &StoredRecord) -> Result<(), Problem> {
        let (mut tail, mut content) = (self.tail, self.content);
        tail.follow(stored)?;
        content.follow(stored)?;
        if let Some((position, hash)) = &self.snapshot
            && *position == stored.position
            && *hash != stored.hash
        {
            return Err(at(&stored.livechat, stored.position, Defect::Snapshot));
        }
        (self.tail, self.content) = (tail, content);
        Ok(())
    }

    /// What is wrong with a livechat whose records are in order.
    async fn end(
        &self,
        log: &dyn Read,
        livechat: &LivechatId,
        head: Option<Head>,
    ) -> Result<Option<Problem>, Error> {
        let end = self.tail.position;
        let Some(head) = head else { return Ok(Some(at(livechat, end, Defect::Headless))) };
        if end < head.position {
            return Ok(Some(at(livechat, end + 1, Defect::Missing(head.position))));
        }
        if self.tail.hash != head.hash {
            return Ok(Some(at(livechat, end, Defect::Head)));
        }
        if let Some(beyond) = log.page(livechat, end, 1).await?.first() {
            // Somebody works on this livechat, and its head has moved too; or nobody knows of the record.
            let now = log.head(livechat).await?.map_or(0, |head| head.position);
            if now < beyond.position {
                return Ok(Some(at(livechat, beyond.position, Defect::Beyond(now))));
            }
        }
        let snapshot = self.snapshot.as_ref().filter(|(position, _)| !(1..=end).contains(position));
        Ok(snapshot.map(|(position, _)| at(livechat, *position, Defect::Snapshot)))
    }
}

fn at(livechat: &LivechatId, position: Position, defect: Defect) -> Problem {
    Problem { livechat: livechat.clone(), position, defect }
}
