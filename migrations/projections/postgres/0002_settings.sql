-- What the settings were at any moment, and who changed what.

CREATE TABLE settings (
    livechat text COLLATE "C" NOT NULL,
    section  text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    at       timestamptz NOT NULL,
    role     text NOT NULL,
    actor    text COLLATE "C" NOT NULL,
    content  jsonb NOT NULL,
    PRIMARY KEY (livechat, section, position)
);
COMMENT ON TABLE settings IS
    'Each change of each section of the settings: who, when, and the whole section after it.';

-- What happened before this table was there belongs in it too: everything is computed again from the log.
TRUNCATE checkpoints, board_livechats, board_operators, board_conversations, conversations, transcript, audit;
