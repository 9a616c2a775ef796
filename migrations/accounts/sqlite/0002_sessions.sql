-- Who is signed in, and on what. Times are milliseconds since 1970, in UTC; flags are 0 and 1.
CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'program')),
    created_at INTEGER NOT NULL,
    -- Moved at most once a minute.
    last_used_at INTEGER NOT NULL,
    network_address TEXT,
    -- What the browser or the program said of itself: never trusted.
    device TEXT NOT NULL,
    second_factor INTEGER NOT NULL CHECK (second_factor IN (0, 1)),
    -- How often its tokens were replaced.
    generation INTEGER NOT NULL CHECK (generation >= 0),
    ended_at INTEGER,
    end_reason TEXT,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE INDEX session_by_account ON session (account, id);
-- What is cleaned up.
CREATE INDEX session_by_last_use ON session (kind, last_used_at) WHERE ended_at IS NULL;
CREATE INDEX session_by_age ON session (kind, created_at) WHERE ended_at IS NULL;
CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;

-- The tokens of sessions, as SHA-256: no token can be had from here.
CREATE TABLE session_token (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'access', 'refresh')),
    generation INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    -- Of an access token; the others are valid as long as their session.
    expires_at INTEGER,
    -- When a refresh token was exchanged for the next one.
    used_at INTEGER,
    -- What the next one was derived with, until that one is used.
    successor_salt BLOB,
    -- One generation follows another, whoever asks for it at the same time.
    UNIQUE (session, kind, generation)
) STRICT;
CREATE INDEX session_token_expired ON session_token (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX session_token_used ON session_token (used_at) WHERE used_at IS NOT NULL;

-- The authenticator of an account.
CREATE TABLE second_factor (
    account TEXT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    -- The secret, encrypted by the key of the server that has this id.
    key_id TEXT NOT NULL,
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- None until a first code was right.
    confirmed_at INTEGER,
    -- The step of the last code that was accepted: it and all before it are good no more.
    last_step INTEGER,
    -- Wrong codes in a row.
    failures INTEGER NOT NULL DEFAULT 0,
    last_failed_at INTEGER
) STRICT;
CREATE INDEX second_factor_unconfirmed ON second_factor (created_at) WHERE confirmed_at IS NULL;

-- Recovery codes, as SHA-256.
CREATE TABLE recovery_code (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (account, hash)
) STRICT;
CREATE INDEX recovery_code_spent ON recovery_code (used_at) WHERE used_at IS NOT NULL;

-- How often sessions were ended, by which server or program soever: a server looks at it to notice what others ended.
CREATE TABLE session_changes (
    changes INTEGER NOT NULL
) STRICT;
INSERT INTO session_changes (changes) VALUES (0);
