-- The newest snapshot of each livechat has the form of those along its log: with the time of its record, the versions
-- of the code that can read it, and a checksum over all of it. A cache: those that are there are made anew.
DROP TABLE livechat_snapshots;
CREATE TABLE livechat_snapshots (
    livechat    TEXT    NOT NULL PRIMARY KEY,
    sequence    INTEGER NOT NULL,
    -- When the record happened that the snapshot stands at, in milliseconds since 1970.
    at          INTEGER NOT NULL,
    -- The versions of the code that can read it.
    version     TEXT    NOT NULL,
    -- The hash of the record it stands at.
    record_hash BLOB    NOT NULL,
    -- SHA-256 over all of the above but the version, and the content.
    checksum    BLOB    NOT NULL,
    content     BLOB    NOT NULL
);
