-- People who sign in. Times are milliseconds since 1970, in UTC; flags are 0 and 1.
CREATE TABLE account (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    -- The address as it is compared: without case, in NFKC.
    address_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The name as lists are sorted, and what a search looks at.
    name_key TEXT COLLATE "C" NOT NULL,
    search_key TEXT NOT NULL,
    language TEXT NOT NULL,
    server_administrator BIGINT NOT NULL CHECK (server_administrator IN (0, 1)),
    -- A hash in PHC form; none until a link of invitation was used.
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    last_sign_in_at BIGINT
);
CREATE INDEX account_by_name ON account (name_key, id);
CREATE INDEX account_administrators ON account (id) WHERE server_administrator = 1;

CREATE TABLE account_role (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    livechat TEXT NOT NULL,
    role TEXT NOT NULL,
    operator_id TEXT CHECK ((role = 'operator') = (operator_id IS NOT NULL)),
    PRIMARY KEY (account, livechat, role)
);
CREATE INDEX account_role_by_livechat ON account_role (livechat, role, account);
-- An operator is one person.
CREATE UNIQUE INDEX account_role_operator ON account_role (livechat, operator_id) WHERE operator_id IS NOT NULL;

-- Links that were sent and not used. One of a kind for each account.
CREATE TABLE one_time_link (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, kind)
);

-- What was done with accounts. It names accounts by their ids alone, and keeps what it has when one is deleted.
CREATE TABLE account_audit (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT,
    action TEXT NOT NULL,
    account TEXT,
    network_address TEXT,
    details TEXT NOT NULL
);
CREATE INDEX account_audit_by_account ON account_audit (account, sequence);

CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TRIGGER account_audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_audit
EXECUTE FUNCTION refuse_change_of_audit();
