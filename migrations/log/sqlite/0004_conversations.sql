-- Where each conversation's records are, filled in later: whenever a livechat's log passes a multiple of a
-- thousand, in the transaction that does it. Some dozens of records share a row here, where an index entry for
-- each cost the writer most of its pages. What the rows do not cover yet is read from the log itself: it is
-- what comes after the livechat's mark.
CREATE TABLE conversation_records (
    conversation_id BLOB    NOT NULL,
    -- A conversation may be named alike in two livechats.
    livechat        TEXT    NOT NULL,
    first           INTEGER NOT NULL,
    -- A JSON array.
    sequences       TEXT    NOT NULL,
    PRIMARY KEY (conversation_id, livechat, first)
) WITHOUT ROWID;

-- Up to where each livechat's log is in conversation_records; 0 where a row is missing.
CREATE TABLE conversation_marks (
    livechat TEXT    NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
);

INSERT INTO conversation_records (conversation_id, livechat, first, sequences)
SELECT conversation_id, aggregate_id, min(events.sequence), json_group_array(events.sequence)
FROM events JOIN heads ON aggregate_id = livechat AND events.sequence <= heads.sequence
WHERE aggregate_type = 'livechat' AND conversation_id IS NOT NULL
GROUP BY conversation_id, aggregate_id;
INSERT INTO conversation_marks (livechat, sequence) SELECT livechat, sequence FROM heads;

DROP INDEX events_by_conversation;
