//! Pages of records, decoded and checked.

use super::error::StoreError;
use super::link::Link;
use super::records_error::RecordsError;
use super::stored_record::{StoredRecord, is_full};
use crate::log::record::{Chained, Position};
use crate::log::upcast::decode;

/// Records that were read at once, decoded.
#[derive(Debug)]
pub struct Records {
    /// The records.
    pub records: Vec<Chained>,
    /// Whether they are not all that were asked for, since they have so many bytes.
    pub is_cut: bool,
}

/// Whether records are checked against the one before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// They are: a record that was changed is an error.
    Checked,
    /// They are not: somebody else does.
    Unchecked,
}

/// What is done with records; it is dropped when they cannot be read.
pub type Then = Box<dyn FnOnce(Records) + Send>;

/// A page, with the record that it was read after.
#[derive(Debug)]
pub(crate) struct PageAfter {
    /// That record; none before the first, and where there is none.
    pub(crate) before: Option<StoredRecord>,
    /// The page.
    pub(crate) page: Vec<StoredRecord>,
    /// Whether it ended because of its bytes, with those of the record before it.
    is_long: bool,
}

impl PageAfter {
    fn of(before: Option<StoredRecord>, page: Vec<StoredRecord>) -> Self {
        let is_long = is_full(&page, usize::MAX);
        Self { before, page, is_long }
    }
}

/// Reads a page with the record after which it is read, if there is one, and at least one record after that.
///
/// # Errors
/// When `page` fails.
pub(crate) async fn with_before<F>(
    after: Position,
    limit: usize,
    page: impl Fn(Position, usize) -> F + Send,
) -> Result<PageAfter, StoreError>
where
    F: Future<Output = Result<Vec<StoredRecord>, StoreError>> + Send,
{
    let Some(before) = after.checked_sub(1) else {
        return Ok(PageAfter::of(None, page(after, limit).await?));
    };
    let mut found = page(before, limit.saturating_add(1)).await?;
    if found.is_empty() {
        return Ok(PageAfter::of(None, found));
    }
    let is_long = is_full(&found, usize::MAX);
    let before = Some(found.remove(0));
    if found.is_empty() && is_long && limit > 0 {
        return Ok(PageAfter::of(before, page(after, limit).await?));
    }
    Ok(PageAfter { before, page: found, is_long })
}

/// Reads a page, decodes it, and does with it what is to be done.
pub(super) async fn read_and_decode<F>(
    page: impl Fn(Position, usize) -> F + Send,
    (after, limit): (Position, usize),
    chain: Chain,
    then: Then,
) -> Result<(), RecordsError>
where
    F: Future<Output = Result<Vec<StoredRecord>, StoreError>> + Send,
{
    let page = match chain {
        Chain::Checked => with_before(after, limit, page).await?,
        Chain::Unchecked => PageAfter::of(None, page(after, limit).await?),
    };
    decoded(page, (after, limit), chain, then).await
}

async fn decoded(
    PageAfter { before, page, is_long }: PageAfter,
    (after, limit): (Position, usize),
    chain: Chain,
    then: Then,
) -> Result<(), RecordsError> {
    let work = tokio::task::spawn_blocking(move || {
        let mut link = Link::at(after);
        if let Some(before) = &before {
            link.begin(before.position, &before.hash);
        }
        let mut records = Vec::with_capacity(page.len());
        for stored in &page {
            if chain == Chain::Checked {
                link.follow(stored.borrowed(), &stored.hash)?;
            }
            records.push(chained(stored)?);
        }
        then(Records { records, is_cut: is_long && page.len() < limit });
        Ok(())
    });
    work.await.map_err(|_| StoreError::from(sqlx::Error::WorkerCrashed))?
}

/// A record as it is stored, decoded.
fn chained(stored: &StoredRecord) -> Result<Chained, RecordsError> {
    let unreadable = |error| RecordsError::Record { position: stored.position, error: Box::new(error) };
    let record = decode(stored).map_err(unreadable)?;
    Ok(Chained { record, hash: stored.hash.as_slice().try_into().ok() })
}
