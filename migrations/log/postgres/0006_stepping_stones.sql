-- States of livechats all along their logs, so that any moment of the past is near one of them. A cache: any
-- row may be deleted at any time.
CREATE TABLE stepping_stones (
    livechat    text COLLATE "C" NOT NULL,
    sequence    bigint      NOT NULL,
    at          timestamptz NOT NULL,
    version     text        NOT NULL,
    record_hash bytea       NOT NULL,
    checksum    bytea       NOT NULL,
    content     bytea       NOT NULL,
    PRIMARY KEY (livechat, sequence)
);
-- It is compressed already.
ALTER TABLE stepping_stones ALTER content SET STORAGE EXTERNAL;
COMMENT ON TABLE stepping_stones IS 'States of livechats all along their logs, for looks at the past; a cache.';
COMMENT ON COLUMN stepping_stones.at IS 'When the record happened that the stone stands at.';
COMMENT ON COLUMN stepping_stones.version IS 'The versions of the code that can read it.';
COMMENT ON COLUMN stepping_stones.record_hash IS 'The hash of the record it stands at.';
COMMENT ON COLUMN stepping_stones.checksum IS 'SHA-256 over livechat, sequence, at, record_hash and content.';

REVOKE ALL ON stepping_stones FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pupitre_log') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON stepping_stones TO pupitre_log;
    END IF;
END
$$;
