//! Records that are read for good (to load a livechat, to compute rows from them) are checked against the chain:
//! what a disk, a program or a person has changed is noticed before anything is decided or computed on it.
//!
//! A page is read with the record before it, whose hash the first one has to cover. So a page costs one record more,
//! and each record its SHA-256: half a microsecond to one, beside the two or more that it takes to be read and decoded.

use std::sync::Arc;

use domain::LivechatId;

use crate::archive::chain::{Flaw, Problem, Tail};
use crate::entry::Hash;
use crate::error::Error;
use crate::recorded::{Position, Recorded};
use crate::store::{Read, Stored};
use crate::upcast::decode;

/// Records of a livechat as they were read, with the one before them.
#[derive(Debug)]
pub struct Page {
    livechat: LivechatId,
    after: Position,
    stored: Vec<Stored>,
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
        let before = Position::from(after > 0);
        let limit = limit.saturating_add(usize::from(after > 0));
        let stored = log.page(livechat, after - before, limit).await?;
        Ok(Self { livechat: livechat.clone(), after, stored })
    }

    /// The records up to the first that does not follow the one before it, or cannot be read.
    ///
    /// # Errors
    /// [`Error::Damaged`] when that is the first one.
    pub fn decode(self) -> Result<Vec<Arc<Recorded>>, Error> {
        let Self { livechat, after, stored } = self;
        let mut stored = stored.iter();
        let mut tail = Tail::START;
        if after > 0 {
            let Some(before) = stored.next() else { return Ok(vec![]) };
            tail = beginning(&livechat, after, before)?;
        }
        let mut records = Vec::with_capacity(stored.len());
        for stored in stored {
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
pub(crate) fn follow(tail: &mut Tail, stored: &Stored) -> Result<Recorded, Error> {
    tail.follow(stored)?;
    decode(stored)
}

/// Where a page begins: at the record after which it was read.
fn beginning(livechat: &LivechatId, after: Position, before: &Stored) -> Result<Tail, Error> {
    let problem = |flaw| Problem { livechat: livechat.clone(), position: after, flaw };
    if before.position != after {
        return Err(problem(Flaw::Displaced(before.position)).into());
    }
    let hash = Hash::try_from(before.hash.as_slice()).map_err(|_| problem(Flaw::Unhashed))?;
    Ok(Tail { position: after, hash })
}

impl From<Problem> for Error {
    fn from(Problem { livechat, position, flaw }: Problem) -> Self {
        Self::Damaged { livechat, problem: format!("record {position}: {flaw}") }
    }
}
