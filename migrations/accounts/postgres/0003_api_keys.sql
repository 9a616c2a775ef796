-- Keys with which programs call the API. Times are milliseconds since 1970, in UTC.
CREATE TABLE api_key (
    -- The order in which they were made, which pages follow.
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    livechat TEXT COLLATE "C" NOT NULL,
    -- The id of the command that made it.
    id TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the secret; none once it is revoked.
    hash BYTEA UNIQUE,
    -- The first characters of the secret, for people to recognise it.
    start TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The name as it is compared: in small letters.
    name_key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('integration', 'supervisor', 'analyst')),
    -- Separated by blanks; all that the role has where there are none.
    scopes TEXT,
    -- Separated by blanks; everywhere where there are none.
    networks TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT,
    revoked_by TEXT,
    -- Counts its changes.
    revision BIGINT NOT NULL,
    UNIQUE (livechat, id),
    CHECK ((revoked_at IS NULL) = (hash IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX api_key_by_livechat ON api_key (livechat, number);
CREATE UNIQUE INDEX api_key_name ON api_key (livechat, name_key) WHERE revoked_at IS NULL;

-- How many changes there were, of which server or program soever: what a server remembers of keys is as good as this is
-- the same.
CREATE TABLE api_key_changes (
    changes BIGINT NOT NULL
);
INSERT INTO api_key_changes (changes) VALUES (0);
