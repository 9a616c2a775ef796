-- Where each conversation's records are, filled in later: whenever a livechat's log passes a multiple of a
-- thousand, in the transaction that does it. Some dozens of records share a row here, where an index entry for
-- each cost the writer a third of its time. What the rows do not cover yet is read from the log itself: it is
-- what comes after the livechat's mark.
CREATE TABLE conversation_records (
    conversation_id uuid             NOT NULL,
    -- A conversation may be named alike in two livechats.
    livechat        text COLLATE "C" NOT NULL,
    sequences       bigint[]         NOT NULL
);
CREATE INDEX conversation_records_by_conversation ON conversation_records (conversation_id);
COMMENT ON TABLE conversation_records IS 'Which records of a livechat''s log concern a conversation, up to the livechat''s mark.';

CREATE TABLE conversation_marks (
    livechat text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence bigint           NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE conversation_marks IS 'Up to where each livechat''s log is in conversation_records; 0 where a row is missing.';

INSERT INTO conversation_records (conversation_id, livechat, sequences)
SELECT conversation_id, aggregate_id, array_agg(events.sequence)
FROM events JOIN heads ON aggregate_id = livechat AND events.sequence <= heads.sequence
WHERE aggregate_type = 'livechat' AND conversation_id IS NOT NULL
GROUP BY conversation_id, aggregate_id;
INSERT INTO conversation_marks (livechat, sequence) SELECT livechat, sequence FROM heads;

DROP INDEX events_by_conversation;

REVOKE ALL ON conversation_records, conversation_marks FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pupitre_log') THEN
        GRANT SELECT, INSERT ON conversation_records TO pupitre_log;
        GRANT SELECT, INSERT, UPDATE ON conversation_marks TO pupitre_log;
    END IF;
END
$$;
