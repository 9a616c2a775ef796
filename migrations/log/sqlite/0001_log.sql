-- The log. The first seven columns are those that sqlite-es reads; the others have defaults.
CREATE TABLE events (
    aggregate_type  TEXT    NOT NULL,
    aggregate_id    TEXT    NOT NULL,
    sequence        INTEGER NOT NULL CHECK (sequence >= 1),
    event_type      TEXT    NOT NULL,
    event_version   TEXT    NOT NULL,
    payload         TEXT    NOT NULL,
    metadata        TEXT    NOT NULL,
    recorded_at     TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    conversation_id TEXT,
    hash            BLOB    NOT NULL DEFAULT x'',
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
);

-- A visitor's page reads one conversation from a position on.
CREATE INDEX events_by_conversation ON events (aggregate_id, conversation_id, sequence)
    WHERE conversation_id IS NOT NULL;

-- Where each livechat's log ends. Moving it from the expected sequence is the fence against a second writer.
CREATE TABLE heads (
    livechat TEXT    NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash     BLOB    NOT NULL
);

CREATE TRIGGER events_are_never_updated BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;
