//! Records are checked against the chain where they are read, to load a livechat, to compute rows from them or to be
//! shown: what a disk, a program or a person has changed is noticed before anything is decided, computed or shown from it.
//!
//! A page is read with the record before it, whose hash the first one has to cover. So a page costs one record more,
//! and each record its SHA-256: half a microsecond to one, beside the two or more that it takes to be read and decoded.
//! Between the records of a conversation stand others, so each comes with the hash of the one before it in the log.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{ConversationId, LivechatId};

use crate::error::Error;
use crate::log::chain::{Defect, Problem, Tail};
use crate::log::entry::Hash;
use crate::log::record::{Position, Record};
use crate::log::store::{Linked, PageAfter, Read, StoredRecord, is_full, with_before};
use crate::log::upcast::{SHORT_BYTES, decode};
use crate::runtime::block_in_place;

/// Records of a conversation read at once: most have fewer, and others have their turn after a millisecond.
pub const CONVERSATION_PAGE: usize = 500;

/// Records of a livechat as they were read, with the one before them.
#[derive(Debug)]
pub struct Page {
    livechat: LivechatId,
    after: Position,
    found: PageAfter,
}

impl Page {
    /// Reads at most `limit` records of a livechat after a position.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(
        log: &dyn Read,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Self, Error> {
        let found = with_before(after, limit, |after, limit| log.page(livechat, after, limit)).await?;
        Ok(Self { livechat: livechat.clone(), after, found })
    }

    /// [`Page::decode`], where the page was read: one that is long holds up nobody else.
    ///
    /// # Errors
    /// As [`Page::decode`].
    pub(crate) fn decode_soon(self) -> Result<Vec<Arc<Record>>, Error> {
        let bytes: usize = self.found.page.iter().map(StoredRecord::bytes).sum();
        if bytes > SHORT_BYTES { block_in_place(|| self.decode()) } else { self.decode() }
    }

    /// The records up to the first that does not follow the one before it, or cannot be read.
    ///
    /// # Errors
    /// [`Error::Damaged`] when that is the first one.
    pub fn decode(self) -> Result<Vec<Arc<Record>>, Error> {
        let Self { livechat, after, found: PageAfter { before, page, .. } } = self;
        let mut tail = Tail::START;
        if after > 0 {
            let Some(before) = before else { return Ok(vec![]) };
            tail = beginning(&livechat, after, &before)?;
        }
        let mut records = Vec::with_capacity(page.len());
        for stored in &page {
            match follow(&mut tail, stored) {
                Ok(record) => records.push(Arc::new(record)),
                Err(error) if records.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        Ok(records)
    }
}

/// The next record, which has to follow those before it.
///
/// # Errors
/// [`Error::Damaged`].
pub(crate) fn follow(tail: &mut Tail, stored: &StoredRecord) -> Result<Record, Error> {
    tail.follow(stored)?;
    decode(stored)
}

/// The records of a page of one conversation up to the first that does not follow the one before it in the log, or cannot
/// be read. Those that are long hold up nobody else.
///
/// # Errors
/// [`Error::Damaged`] when that is the first one.
pub fn decode_linked(page: &[Linked]) -> Result<Vec<Record>, Error> {
    let all = || {
        let mut records = Vec::with_capacity(page.len());
        for linked in page {
            match linked.decode() {
                Ok(record) => records.push(record),
                Err(error) if records.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        Ok(records)
    };
    let bytes: usize = page.iter().map(|linked| linked.stored.bytes()).sum();
    if bytes > SHORT_BYTES { block_in_place(all) } else { all() }
}

/// Goes along the records of a conversation after a position, for as long as `step` goes on. A page is in memory at a
/// time, however long the conversation is.
///
/// # Errors
/// When the log cannot be read, or a record does not follow the one before it.
pub async fn each_of_conversation(
    log: &dyn Read,
    livechat: &LivechatId,
    conversation: ConversationId,
    after: Position,
    mut step: impl FnMut(Record) -> ControlFlow<()> + Send,
) -> Result<(), Error> {
    let mut reached = after;
    loop {
        let page = log.conversation(livechat, conversation, reached, CONVERSATION_PAGE).await?;
        let records = decode_linked(&page)?;
        let is_last = records.len() == page.len() && !is_full(&page, CONVERSATION_PAGE);
        let Some(last) = records.last() else { return Ok(()) };
        reached = last.position;
        for record in records {
            if step(record).is_break() {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

impl Linked {
    /// The record, checked against the one before it in the log.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn decode(&self) -> Result<Record, Error> {
        let Self { stored, previous } = self;
        let mut tail = Tail::START;
        if let Some(before) = stored.position.checked_sub(1).filter(|before| *before > 0) {
            let hash = Hash::try_from(previous.as_slice()).map_err(|_| Problem {
                livechat: stored.livechat.clone(),
                position: before,
                defect: Defect::Unlinked(stored.position),
            })?;
            tail = Tail { position: before, hash };
        }
        follow(&mut tail, stored)
    }
}

/// Where a page begins: at the record after which it was read.
fn beginning(livechat: &LivechatId, after: Position, before: &StoredRecord) -> Result<Tail, Error> {
    let problem = |defect| Problem { livechat: livechat.clone(), position: after, defect };
    if before.position != after {
        return Err(problem(Defect::Displaced(before.position)).into());
    }
    let hash = Hash::try_from(before.hash.as_slice()).map_err(|_| problem(Defect::Unhashed))?;
    Ok(Tail { position: after, hash })
}

impl From<Problem> for Error {
    fn from(Problem { livechat, position, defect }: Problem) -> Self {
        Self::Damaged { livechat, problem: format!("record {position}: {defect}") }
    }
}
