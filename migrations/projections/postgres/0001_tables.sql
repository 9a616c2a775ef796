-- The tables of the projections. Everything in them is computed from the log and can be computed again.
-- Columns are documented on the row types in projections/src, whose fields have the same names.
-- Identifiers are ASCII and compare byte by byte: the order is the same on both databases.

CREATE TABLE checkpoints (
    livechat text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    version  bigint NOT NULL,
    PRIMARY KEY (livechat)
) WITH (fillfactor = 70);
COMMENT ON TABLE checkpoints IS
    'How far each livechat is projected. Moved in the transaction that writes the rows.';

CREATE TABLE board_livechats (
    livechat                   text COLLATE "C" NOT NULL,
    name                       text NOT NULL,
    language                   text NOT NULL,
    conversations_per_operator bigint NOT NULL,
    queue_per_operator         bigint NOT NULL,
    created_at                 timestamptz NOT NULL,
    position                   bigint NOT NULL,
    PRIMARY KEY (livechat)
);
COMMENT ON TABLE board_livechats IS
    'Each livechat: what it is called and how much it takes in.';

CREATE TABLE board_operators (
    livechat        text COLLATE "C" NOT NULL,
    operator        text COLLATE "C" NOT NULL,
    name            text NOT NULL,
    skills          jsonb NOT NULL,
    own_capacity    bigint,
    status          text NOT NULL,
    status_since    timestamptz NOT NULL,
    connected_since timestamptz,
    load            bigint NOT NULL,
    position        bigint NOT NULL,
    PRIMARY KEY (livechat, operator)
) WITH (fillfactor = 70);
COMMENT ON TABLE board_operators IS
    'Each registered operator as on the floor now: status, connection, load.';

CREATE TABLE board_conversations (
    livechat           text COLLATE "C" NOT NULL,
    conversation       text COLLATE "C" NOT NULL,
    visitor            text COLLATE "C" NOT NULL,
    visitor_name       text,
    language           text NOT NULL,
    skill              text,
    state              text NOT NULL,
    operator           text,
    requested_at       timestamptz NOT NULL,
    requested_position bigint NOT NULL,
    assigned_at        timestamptz,
    picked_up_at       timestamptz,
    last_activity_at   timestamptz NOT NULL,
    owes_answer        text NOT NULL,
    owed_since         timestamptz,
    messages           bigint NOT NULL,
    position           bigint NOT NULL,
    PRIMARY KEY (livechat, conversation)
) WITH (fillfactor = 70);
COMMENT ON TABLE board_conversations IS
    'Each live conversation: where it stands and who owes the answer. The row goes away when it is over.';
CREATE INDEX board_conversations_waiting ON board_conversations (livechat, requested_at, requested_position) WHERE state = 'waiting';

CREATE TABLE conversations (
    livechat           text COLLATE "C" NOT NULL,
    conversation       text COLLATE "C" NOT NULL,
    visitor            text COLLATE "C" NOT NULL,
    visitor_name       text,
    language           text NOT NULL,
    skill              text,
    state              text NOT NULL,
    reason             text,
    operator           text COLLATE "C",
    transfers          bigint NOT NULL,
    requested_at       timestamptz NOT NULL,
    requested_position bigint NOT NULL,
    assigned_at        timestamptz,
    picked_up_at       timestamptz,
    ended_at           timestamptz,
    wait_ms            bigint,
    messages_visitor   bigint NOT NULL,
    messages_operator  bigint NOT NULL,
    messages_system    bigint NOT NULL,
    position           bigint NOT NULL,
    PRIMARY KEY (livechat, conversation)
) WITH (fillfactor = 70);
COMMENT ON TABLE conversations IS
    'Each conversation for ever: how it went from the request to the end.';
CREATE INDEX conversations_newest ON conversations (livechat, requested_position);
CREATE INDEX conversations_by_state ON conversations (livechat, state, requested_position);
CREATE INDEX conversations_by_operator ON conversations (livechat, operator, requested_position);

CREATE TABLE transcript (
    livechat     text COLLATE "C" NOT NULL,
    conversation text COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    at           timestamptz NOT NULL,
    kind         text NOT NULL,
    role         text NOT NULL,
    author       text NOT NULL,
    operator     text,
    voice        text,
    number       bigint,
    phrase       text,
    text         text,
    data         jsonb,
    command      text NOT NULL,
    PRIMARY KEY (livechat, conversation, position)
);
COMMENT ON TABLE transcript IS
    'What was said and done in each conversation, one line per event.';

CREATE TABLE audit (
    livechat  text COLLATE "C" NOT NULL,
    position  bigint NOT NULL,
    at        timestamptz NOT NULL,
    role      text NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    action    text COLLATE "C" NOT NULL,
    entity    text NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    data      jsonb NOT NULL,
    command   text NOT NULL,
    PRIMARY KEY (livechat, position)
);
COMMENT ON TABLE audit IS
    'Who did what, when, on what: one row per event, without personal text.';
CREATE INDEX audit_by_entity ON audit (livechat, entity, entity_id, position);
CREATE INDEX audit_by_actor ON audit (livechat, actor, position);
CREATE INDEX audit_by_action ON audit (livechat, action, position);
