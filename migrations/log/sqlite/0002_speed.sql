-- Identifiers of conversations as 16 bytes: most of the cost of an event is its two index entries.
ALTER TABLE events RENAME TO events_before;
CREATE TABLE events (
    aggregate_type  TEXT    NOT NULL,
    aggregate_id    TEXT    NOT NULL,
    sequence        INTEGER NOT NULL CHECK (sequence >= 1),
    event_type      TEXT    NOT NULL,
    event_version   TEXT    NOT NULL,
    payload         TEXT    NOT NULL,
    metadata        TEXT    NOT NULL,
    recorded_at     TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    conversation_id BLOB,
    hash            BLOB    NOT NULL DEFAULT x'',
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
);
INSERT INTO events
SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, recorded_at,
       unhex(conversation_id, '-'), hash
FROM events_before ORDER BY rowid;
-- With its index and its triggers.
DROP TABLE events_before;

-- A visitor's page reads one conversation from a position on. A conversation may be named alike in two
-- livechats: the reader names the livechat too.
CREATE INDEX events_by_conversation ON events (conversation_id, sequence)
    WHERE conversation_id IS NOT NULL;

CREATE TRIGGER events_are_never_updated BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

-- The first deadline of the livechat as of its head, in milliseconds since 1970; null when it has none. Unknown is long ago, so that
-- the livechat is woken and looked at.
ALTER TABLE heads ADD COLUMN wake_at INTEGER DEFAULT 0;
-- Whether an operator is connected as of the head. Unknown is yes, so that it is looked at.
ALTER TABLE heads ADD COLUMN attended BOOLEAN NOT NULL DEFAULT TRUE;
