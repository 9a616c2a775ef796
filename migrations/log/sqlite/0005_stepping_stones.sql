-- States of livechats all along their logs, so that any moment of the past is near one of them. A cache: any
-- row may be deleted at any time.
CREATE TABLE stepping_stones (
    livechat    TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    -- When the record happened that the stone stands at, in milliseconds since 1970.
    at          INTEGER NOT NULL,
    -- The versions of the code that can read it.
    version     TEXT    NOT NULL,
    -- The hash of the record it stands at.
    record_hash BLOB    NOT NULL,
    -- SHA-256 over all of the above but the version, and the content.
    checksum    BLOB    NOT NULL,
    content     BLOB    NOT NULL,
    PRIMARY KEY (livechat, sequence)
);
