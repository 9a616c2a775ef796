-- The log. The first seven columns are those that postgres-es reads; the others have defaults.
CREATE TABLE events (
    aggregate_type  text        NOT NULL,
    aggregate_id    text        NOT NULL,
    sequence        bigint      NOT NULL CHECK (sequence >= 1),
    event_type      text        NOT NULL,
    event_version   text        NOT NULL,
    payload         json        NOT NULL,
    metadata        json        NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    conversation_id text,
    hash            bytea       NOT NULL DEFAULT ''::bytea,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
);
COMMENT ON TABLE events IS 'The append-only log: one row per event, gapless per livechat.';

-- A visitor's page reads one conversation from a position on.
CREATE INDEX events_by_conversation ON events (aggregate_id, conversation_id, sequence)
    WHERE conversation_id IS NOT NULL;

-- Where each livechat's log ends. Moving it from the expected sequence is the fence against a second writer.
CREATE TABLE heads (
    livechat text   NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL,
    hash     bytea  NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE heads IS 'The last sequence and hash of each livechat''s log.';

CREATE FUNCTION refuse_to_change_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only';
END
$$;

CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_log();
