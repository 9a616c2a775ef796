//! The queries that read the same in both databases.

/// The columns of the common format.
pub(super) const COLUMNS: &str =
    "aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata";

pub(super) const PAGE: &str = "
SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata FROM events
WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3
ORDER BY sequence LIMIT $4";

pub(super) const CONVERSATION: &str = "
SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata FROM events
WHERE aggregate_id = $1 AND conversation_id = $2 AND sequence > $3
ORDER BY sequence LIMIT $4";

pub(super) const HEAD: &str = "SELECT sequence, hash FROM heads WHERE livechat = $1";

pub(super) const HEADS: &str = "SELECT livechat, sequence, hash FROM heads ORDER BY livechat";
