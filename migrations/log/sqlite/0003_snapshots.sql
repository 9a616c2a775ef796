-- States of livechats, so that loading one reads the end of its log only. A cache: any row may be
-- deleted at any time.
CREATE TABLE livechat_snapshots (
    livechat    TEXT    NOT NULL PRIMARY KEY,
    sequence    INTEGER NOT NULL,
    -- The version of the code that can read the state.
    version     INTEGER NOT NULL,
    -- The hash of the record the state stands at.
    record_hash BLOB    NOT NULL,
    -- SHA-256 over the state.
    checksum    BLOB    NOT NULL,
    state       BLOB    NOT NULL
);

-- Whether the database can be written, asked while that is in doubt.
CREATE TABLE pulse (
    one   INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    beats INTEGER NOT NULL
);
