-- What could not be stored, for whoever operates the projections.

CREATE TABLE parked (
    livechat text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    event    text,
    error    text NOT NULL,
    since    timestamptz NOT NULL,
    PRIMARY KEY (livechat)
);
COMMENT ON TABLE parked IS
    'Livechats whose rows stop before an event that cannot be stored. Deleting a row has it tried again.';
COMMENT ON COLUMN parked.livechat IS 'Whose rows stop; the others go on.';
COMMENT ON COLUMN parked.position IS 'The position in the log of what cannot be stored.';
COMMENT ON COLUMN parked.event IS 'The name of the event; null when it is not an event that is to blame.';
COMMENT ON COLUMN parked.error IS 'Why it cannot be stored.';
COMMENT ON COLUMN parked.since IS 'When that was first noticed.';
