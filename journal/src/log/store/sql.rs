//! The queries that read the same in both databases.

use domain::LivechatId;

use super::dialect::Value;
use crate::log::entry::WakeUp;
use crate::log::record::Position;

/// The columns of a record.
macro_rules! columns {
    ($from:expr) => {
        $crate::log::store::sql::columns!("", $from)
    };
    ($besides:expr, $from:expr) => {
        concat!(
            "SELECT aggregate_id, sequence, event_type, event_version, CAST(payload AS text) AS payload, \
             CAST(metadata AS text) AS metadata, hash",
            $besides,
            " FROM ",
            $from
        )
    };
}

/// A column besides: the hash of the record just before that at `$place`.
macro_rules! previous {
    ($place:literal) => {
        concat!(
            ", (SELECT earlier.hash FROM events AS earlier WHERE earlier.aggregate_type = $1 \
             AND earlier.aggregate_id = $2 AND earlier.sequence = ",
            $place,
            " - 1) AS previous"
        )
    };
}

pub(super) const PAGE: &str = columns!(
    "events WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4"
);

/// Up to the livechat's mark the side table tells which records are the conversation's; after it, they are
/// looked for. One statement sees both as of one point in time. Where to find the records of the `place`s that the
/// side table tells is said in the words of each database, so that neither thinks of reading the whole livechat.
macro_rules! conversation {
    ($noted:literal) => {
        concat!(
            $crate::log::store::sql::columns!($crate::log::store::sql::previous!("place"), $noted),
            " WHERE place > $4 AND place <= (SELECT sequence FROM conversation_marks WHERE livechat = $2) \
              AND conversation_id = $3 UNION ALL ",
            $crate::log::store::sql::columns!(
                $crate::log::store::sql::previous!("events.sequence"),
                "events WHERE aggregate_type = $1 AND aggregate_id = $2 AND conversation_id = $3 AND sequence > $4 \
                 AND sequence > coalesce((SELECT sequence FROM conversation_marks WHERE livechat = $2), 0) \
                 AND sequence <= (SELECT sequence FROM heads WHERE livechat = $2) \
                 ORDER BY sequence LIMIT $5"
            )
        )
    };
}

/// Where a livechat's log ends.
macro_rules! head {
    ($how:literal) => {
        concat!("SELECT livechat, sequence, hash, wake_at, attended FROM heads WHERE livechat = $1", $how)
    };
}

pub(super) const HEAD: &str = head!("");

pub(super) const HEADS: &str =
    "SELECT livechat, sequence, hash, wake_at, attended FROM heads ORDER BY livechat";

/// Each step looks up the next name in the index, whatever the number of records in between.
pub(super) const LOGS: &str = "
WITH RECURSIVE logs (name) AS (
    SELECT MIN(aggregate_id) FROM events WHERE aggregate_type = $1
    UNION ALL
    SELECT (SELECT MIN(aggregate_id) FROM events WHERE aggregate_type = $1 AND aggregate_id > logs.name)
    FROM logs WHERE logs.name IS NOT NULL
)
SELECT name FROM logs WHERE name IS NOT NULL";

pub(super) const WAKING: &str = "SELECT livechat, wake_at FROM heads WHERE wake_at <= $1";

pub(super) const ATTENDED: &str = "SELECT livechat FROM heads WHERE attended ORDER BY livechat";

pub(super) const UPDATE_WAKE_UP: &str =
    "UPDATE heads SET wake_at = $3, attended = $4 WHERE livechat = $1 AND sequence = $2";

/// The values of [`UPDATE_WAKE_UP`].
pub(super) fn wake_up(livechat: &LivechatId, position: Position, wake_up: WakeUp) -> [Value<'_>; 4] {
    [
        Value::Text(livechat.as_str()),
        Value::Number(to_sql(position)),
        Value::Time(wake_up.wake_at),
        Value::Flag(wake_up.attended),
    ]
}

pub(super) const PING: &str = "SELECT sequence FROM heads LIMIT 1";

pub(super) const HEARTBEAT: &str = "
INSERT INTO pulse (beats, at) VALUES (1, $1)
ON CONFLICT (one) DO UPDATE SET beats = pulse.beats + 1, at = excluded.at";

pub(super) const LAST_HEARTBEAT: &str = "SELECT at FROM pulse WHERE at IS NOT NULL";

pub(super) const AHEAD: &str = "
SELECT heads.livechat FROM heads JOIN events ON events.aggregate_type = $1
    AND events.aggregate_id = heads.livechat AND events.sequence = heads.sequence
WHERE heads.wake_at IS NOT NULL AND events.recorded_at > $2 ORDER BY heads.livechat";

/// The type stands in the statement, or no index of those records alone would be used.
pub(super) const SET_BACKS: &str = columns!(
    "events WHERE aggregate_type = $1 AND aggregate_id = $2 AND event_type = 'livechat.clock_set_back' \
     ORDER BY sequence"
);

/// A signed integer for the database; positions never come near its limit.
pub(super) fn to_sql(position: Position) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// A number of rows for the database.
pub(super) fn limit_to_sql(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn from_sql(position: i64) -> Position {
    Position::try_from(position).unwrap_or_default()
}

pub(super) use {columns, conversation, head, previous};
