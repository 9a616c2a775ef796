-- Keys with which programs call the API. Times are milliseconds since 1970, in UTC.
CREATE TABLE api_key (
    -- The order in which they were made, which pages follow.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    livechat TEXT NOT NULL,
    -- The id of the command that made it.
    id TEXT NOT NULL,
    -- SHA-256 of the secret; none once it is revoked.
    hash BLOB UNIQUE,
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
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER,
    revoked_by TEXT,
    -- Counts its changes.
    revision INTEGER NOT NULL,
    UNIQUE (livechat, id),
    CHECK ((revoked_at IS NULL) = (hash IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
) STRICT;
CREATE INDEX api_key_by_livechat ON api_key (livechat, number);
CREATE UNIQUE INDEX api_key_name ON api_key (livechat, name_key) WHERE revoked_at IS NULL;

-- How many changes there were, of which server or program soever: what a server remembers of keys is as good as this is
-- the same.
CREATE TABLE api_key_changes (
    changes INTEGER NOT NULL
) STRICT;
INSERT INTO api_key_changes (changes) VALUES (0);
