//! The chain, checked along a page while it is decoded.

use super::records_error::RecordsError;
use super::stored_record::StoredRecordRef;
use crate::log::chain::{Defect, Problem};
use crate::log::entry::{GENESIS, Hash};
use crate::log::record::Position;

/// The record that was read last, for the next one to be checked against. Where a record is missing there is nothing
/// to check the next one against: that is for the reader to notice, who knows which ones there should be.
#[derive(Debug)]
pub(super) struct Link(Option<(Position, Hash)>);

impl Link {
    /// Before the records after a position.
    pub(super) fn at(after: Position) -> Self {
        Self((after == 0).then_some((0, GENESIS)))
    }

    /// The first record to be checked comes after this one.
    pub(super) fn begin(&mut self, position: Position, hash: &[u8]) {
        self.0 = Hash::try_from(hash).ok().map(|hash| (position, hash));
    }

    /// Goes on to a record.
    ///
    /// # Errors
    /// [`RecordsError::Record`] when its hash does not fit its bytes and the record before it.
    pub(super) fn follow(&mut self, stored: StoredRecordRef<'_>, hash: &[u8]) -> Result<(), RecordsError> {
        if let Some((position, previous)) = self.0
            && position + 1 == stored.position
            && stored.chained_to(&previous) != hash
        {
            let defect = if hash.is_empty() { Defect::Unhashed } else { Defect::Hash };
            let (livechat, position) = (stored.livechat.clone(), stored.position);
            let error = Box::new(Problem { livechat, position, defect }.into());
            return Err(RecordsError::Record { position, error });
        }
        self.begin(stored.position, hash);
        Ok(())
    }
}
