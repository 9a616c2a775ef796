//! Where what happened now departs from what happened then.

use std::sync::Arc;

use journal::Record;

use super::history::History;

/// What happened then, and what happened now.
pub type Difference<'a> = (Option<&'a Record>, Option<&'a Record>);

/// `events` are those until the end of history.
pub(super) fn difference<'a>(history: &'a History, events: &'a [Arc<Record>]) -> Option<Difference<'a>> {
    let length = events.len().max(history.records.len());
    let nth = |of: &'a [Arc<Record>], index: usize| of.get(index).map(AsRef::as_ref);
    (0..length)
        .map(|index| (nth(&history.records, index), nth(events, index)))
        .find(|(then, now)| then.map(|then| &then.event) != now.map(|now| &now.event))
}
