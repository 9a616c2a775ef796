-- States of livechats, so that loading one reads the end of its log only. A cache: any row may be
-- deleted at any time.
CREATE TABLE livechat_snapshots (
    livechat    text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence    bigint  NOT NULL,
    version     integer NOT NULL,
    record_hash bytea   NOT NULL,
    checksum    bytea   NOT NULL,
    state       bytea   NOT NULL
);
ALTER TABLE livechat_snapshots ALTER state SET STORAGE EXTERNAL;
COMMENT ON TABLE livechat_snapshots IS 'The last snapshot of each livechat''s state; a cache.';
COMMENT ON COLUMN livechat_snapshots.version IS 'The version of the code that can read the state.';
COMMENT ON COLUMN livechat_snapshots.record_hash IS 'The hash of the record the state stands at.';
COMMENT ON COLUMN livechat_snapshots.checksum IS 'SHA-256 over the state.';

-- Whether the database can be written, asked while that is in doubt.
CREATE TABLE pulse (
    one   boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    beats bigint  NOT NULL
);
COMMENT ON TABLE pulse IS 'Written to find out whether the database can be written.';
