//! Rows of `events`, as COPY takes them.

use cqrs_es::Aggregate;
use domain::Livechat;

use crate::log::entry::Entry;
use crate::log::store::copy::{CopyWriter, time};
use crate::log::store::sql::to_sql;

/// Fields of a row.
const FIELDS: i16 = 10;

/// Adds an entry; its columns are in the order of the statement.
pub(super) fn push(rows: &mut CopyWriter, entry: &Entry) {
    rows.row(FIELDS);
    rows.field(Livechat::TYPE.as_bytes());
    rows.field(entry.livechat.as_str().as_bytes());
    rows.field(&to_sql(entry.position).to_be_bytes());
    rows.field(entry.event_type.as_bytes());
    rows.field(entry.event_version.as_bytes());
    rows.field(entry.payload.as_bytes());
    rows.field(entry.metadata.as_bytes());
    rows.field(&time(entry.recorded_at));
    match entry.conversation {
        Some(conversation) => rows.field(conversation.0.as_bytes()),
        None => rows.null(),
    }
    rows.field(&entry.hash);
}
