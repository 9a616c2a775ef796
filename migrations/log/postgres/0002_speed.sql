-- Byte order and fixed-width identifiers: two thirds of the cost of an event is its two index entries.
DROP INDEX events_by_conversation;
ALTER TABLE events
    ALTER aggregate_type  TYPE text COLLATE "C",
    ALTER aggregate_id    TYPE text COLLATE "C",
    ALTER conversation_id TYPE uuid USING conversation_id::uuid;

-- A visitor's page reads one conversation from a position on. A conversation may be named alike in two
-- livechats: the reader names the livechat too.
CREATE INDEX events_by_conversation ON events (conversation_id, sequence)
    WHERE conversation_id IS NOT NULL;

ALTER TABLE heads
    ALTER livechat TYPE text COLLATE "C",
    -- The first deadline of the livechat as of its head; null when it has none. Unknown is long ago, so
    -- that the livechat is woken and looked at.
    ADD wake_at  timestamptz DEFAULT to_timestamp(0),
    -- Whether an operator is connected as of the head. Unknown is yes, so that it is looked at.
    ADD attended boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN heads.wake_at IS 'When the livechat''s first timer fires; null when none is armed.';
COMMENT ON COLUMN heads.attended IS 'Whether an operator is connected.';
