-- The tables of the projections. Everything in them is computed from the log and can be computed again.
-- Columns are documented on the row types in projections/src, whose fields have the same names.
-- Moments are RFC 3339 text in UTC with three decimals; JSON is text.

-- How far each livechat is projected. Moved in the transaction that writes the rows.
CREATE TABLE checkpoints (
    livechat TEXT NOT NULL,
    position INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (livechat)
) STRICT, WITHOUT ROWID;

-- Each livechat: what it is called and how much it takes in.
CREATE TABLE board_livechats (
    livechat                   TEXT NOT NULL,
    name                       TEXT NOT NULL,
    language                   TEXT NOT NULL,
    conversations_per_operator INTEGER NOT NULL,
    queue_per_operator         INTEGER NOT NULL,
    created_at                 TEXT NOT NULL,
    position                   INTEGER NOT NULL,
    PRIMARY KEY (livechat)
) STRICT, WITHOUT ROWID;

-- Each registered operator as on the floor now: status, connection, load.
CREATE TABLE board_operators (
    livechat        TEXT NOT NULL,
    operator        TEXT NOT NULL,
    name            TEXT NOT NULL,
    skills          TEXT NOT NULL,
    own_capacity    INTEGER,
    status          TEXT NOT NULL,
    status_since    TEXT NOT NULL,
    connected_since TEXT,
    load            INTEGER NOT NULL,
    position        INTEGER NOT NULL,
    PRIMARY KEY (livechat, operator)
) STRICT, WITHOUT ROWID;

-- Each live conversation: where it stands and who owes the answer. The row goes away when it is over.
CREATE TABLE board_conversations (
    livechat           TEXT NOT NULL,
    conversation       TEXT NOT NULL,
    visitor            TEXT NOT NULL,
    visitor_name       TEXT,
    language           TEXT NOT NULL,
    skill              TEXT,
    state              TEXT NOT NULL,
    operator           TEXT,
    requested_at       TEXT NOT NULL,
    requested_position INTEGER NOT NULL,
    assigned_at        TEXT,
    picked_up_at       TEXT,
    last_activity_at   TEXT NOT NULL,
    owes_answer        TEXT NOT NULL,
    owed_since         TEXT,
    messages           INTEGER NOT NULL,
    position           INTEGER NOT NULL,
    PRIMARY KEY (livechat, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX board_conversations_waiting ON board_conversations (livechat, requested_at, requested_position) WHERE state = 'waiting';

-- Each conversation for ever: how it went from the request to the end.
CREATE TABLE conversations (
    livechat           TEXT NOT NULL,
    conversation       TEXT NOT NULL,
    visitor            TEXT NOT NULL,
    visitor_name       TEXT,
    language           TEXT NOT NULL,
    skill              TEXT,
    state              TEXT NOT NULL,
    reason             TEXT,
    operator           TEXT,
    transfers          INTEGER NOT NULL,
    requested_at       TEXT NOT NULL,
    requested_position INTEGER NOT NULL,
    assigned_at        TEXT,
    picked_up_at       TEXT,
    ended_at           TEXT,
    wait_ms            INTEGER,
    messages_visitor   INTEGER NOT NULL,
    messages_operator  INTEGER NOT NULL,
    messages_system    INTEGER NOT NULL,
    position           INTEGER NOT NULL,
    PRIMARY KEY (livechat, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_newest ON conversations (livechat, requested_position);
CREATE INDEX conversations_by_state ON conversations (livechat, state, requested_position);
CREATE INDEX conversations_by_operator ON conversations (livechat, operator, requested_position);

-- What was said and done in each conversation, one line per event.
CREATE TABLE transcript (
    livechat     TEXT NOT NULL,
    conversation TEXT NOT NULL,
    position     INTEGER NOT NULL,
    at           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    role         TEXT NOT NULL,
    author       TEXT NOT NULL,
    operator     TEXT,
    voice        TEXT,
    number       INTEGER,
    phrase       TEXT,
    text         TEXT,
    data         TEXT,
    command      TEXT NOT NULL,
    PRIMARY KEY (livechat, conversation, position)
) STRICT;

-- Who did what, when, on what: one row per event, without personal text.
CREATE TABLE audit (
    livechat  TEXT NOT NULL,
    position  INTEGER NOT NULL,
    at        TEXT NOT NULL,
    role      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    entity    TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    data      TEXT NOT NULL,
    command   TEXT NOT NULL,
    PRIMARY KEY (livechat, position)
) STRICT;
CREATE INDEX audit_by_entity ON audit (livechat, entity, entity_id, position);
CREATE INDEX audit_by_actor ON audit (livechat, actor, position);
CREATE INDEX audit_by_action ON audit (livechat, action, position);
