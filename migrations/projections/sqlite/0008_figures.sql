-- What figures are computed from: how each request went, which operator had which conversation, how long each
-- operator was in which status, and which surveys wait for their answers.
-- The rows so far lack it: they are deleted, and version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;
DELETE FROM board_conversations;
DELETE FROM survey_answers;

ALTER TABLE board_conversations ADD COLUMN so_far TEXT NOT NULL;
ALTER TABLE survey_answers ADD COLUMN asked_at TEXT NOT NULL;
CREATE INDEX survey_answers_by_time ON survey_answers (livechat, asked_at);

-- Each request for an operator and how it went: one row per segment of a conversation that is over.
CREATE TABLE contacts (
    livechat               TEXT NOT NULL,
    position               INTEGER NOT NULL,
    conversation           TEXT NOT NULL,
    requested_position     INTEGER NOT NULL,
    visitor                TEXT NOT NULL,
    language               TEXT NOT NULL,
    skill                  TEXT,
    again                  INTEGER NOT NULL,
    requested_at           TEXT NOT NULL,
    queued                 INTEGER NOT NULL,
    outcome                TEXT NOT NULL,
    reason                 TEXT NOT NULL,
    first_operator         TEXT,
    last_operator          TEXT,
    answered_by            TEXT,
    assigned_at            TEXT,
    picked_up_at           TEXT,
    first_answer_at        TEXT,
    first_reply_at         TEXT,
    ended_at               TEXT NOT NULL,
    wait_ms                INTEGER NOT NULL,
    handle_ms              INTEGER NOT NULL,
    messages_visitor       INTEGER NOT NULL,
    messages_operator      INTEGER NOT NULL,
    messages_system        INTEGER NOT NULL,
    transfers_to_operator  INTEGER NOT NULL,
    transfers_to_skill     INTEGER NOT NULL,
    transfers_forced       INTEGER NOT NULL,
    transfers_inactive     INTEGER NOT NULL,
    transfers_disconnected INTEGER NOT NULL,
    returns_to_queue       INTEGER NOT NULL,
    responses              INTEGER NOT NULL,
    response_ms            INTEGER NOT NULL,
    response_worst_ms      INTEGER NOT NULL,
    important              INTEGER NOT NULL,
    help_calls             INTEGER NOT NULL,
    PRIMARY KEY (livechat, position)
) STRICT;
CREATE INDEX contacts_by_time ON contacts (livechat, requested_at);

-- Each time that an operator had a conversation, once it is over.
CREATE TABLE stays (
    livechat           TEXT NOT NULL,
    position           INTEGER NOT NULL,
    conversation       TEXT NOT NULL,
    requested_position INTEGER NOT NULL,
    skill              TEXT,
    operator           TEXT NOT NULL,
    given              TEXT NOT NULL,
    since              TEXT NOT NULL,
    picked_up_at       TEXT,
    until              TEXT NOT NULL,
    gone               TEXT NOT NULL,
    messages           INTEGER NOT NULL,
    responses          INTEGER NOT NULL,
    response_ms        INTEGER NOT NULL,
    response_worst_ms  INTEGER NOT NULL,
    PRIMARY KEY (livechat, position)
) STRICT;
CREATE INDEX stays_by_time ON stays (livechat, until);

-- Each time that an operator was connected in one status, once it is over.
CREATE TABLE operator_time (
    livechat TEXT NOT NULL,
    position INTEGER NOT NULL,
    operator TEXT NOT NULL,
    status   TEXT NOT NULL,
    since    TEXT NOT NULL,
    until    TEXT NOT NULL,
    PRIMARY KEY (livechat, position)
) STRICT;
CREATE INDEX operator_time_by_time ON operator_time (livechat, until);

-- Each survey that waits for its answers; the row goes away when it is settled.
CREATE TABLE pending_surveys (
    livechat     TEXT NOT NULL,
    conversation TEXT NOT NULL,
    audience     TEXT NOT NULL,
    operator     TEXT,
    survey       TEXT NOT NULL,
    version      INTEGER NOT NULL,
    asked_at     TEXT NOT NULL,
    position     INTEGER NOT NULL,
    PRIMARY KEY (livechat, conversation, audience)
) STRICT;
