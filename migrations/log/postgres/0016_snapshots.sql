-- The newest snapshot of each livechat has the form of those along its log: with the time of its record, the versions
-- of the code that can read it, and a checksum over all of it. A cache: those that are there are made anew.
DROP TABLE livechat_snapshots;
CREATE TABLE livechat_snapshots (
    livechat    text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence    bigint      NOT NULL,
    at          timestamptz NOT NULL,
    version     text        NOT NULL,
    record_hash bytea       NOT NULL,
    checksum    bytea       NOT NULL,
    content     bytea       NOT NULL
);
ALTER TABLE livechat_snapshots ALTER content SET STORAGE EXTERNAL;
COMMENT ON TABLE livechat_snapshots IS 'The last snapshot of each livechat''s state; a cache.';
COMMENT ON COLUMN livechat_snapshots.at IS 'When the record happened that the snapshot stands at.';
COMMENT ON COLUMN livechat_snapshots.version IS 'The versions of the code that can read it.';
COMMENT ON COLUMN livechat_snapshots.record_hash IS 'The hash of the record it stands at.';
COMMENT ON COLUMN livechat_snapshots.checksum IS 'SHA-256 over livechat, sequence, at, record_hash and content.';

REVOKE ALL ON livechat_snapshots FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pupitre_log') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON livechat_snapshots TO pupitre_log;
    END IF;
END
$$;
