-- What the events of the whole configuration page say: opening hours, shifts, lost connections, importance,
-- calls for help, files, segments, transfers by kind; mails to be sent and answers to surveys.
-- The rows so far lack it: they are deleted, and version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;
DELETE FROM board_livechats;
DELETE FROM board_operators;
DELETE FROM board_conversations;
DELETE FROM conversations;
DELETE FROM transcript;
DELETE FROM audit;

ALTER TABLE board_livechats ADD COLUMN open INTEGER NOT NULL;
ALTER TABLE board_livechats ADD COLUMN openings TEXT NOT NULL;

ALTER TABLE board_operators ADD COLUMN connection_lost_since TEXT;
ALTER TABLE board_operators ADD COLUMN on_shift INTEGER NOT NULL;

ALTER TABLE board_conversations ADD COLUMN given TEXT;
ALTER TABLE board_conversations ADD COLUMN again INTEGER NOT NULL;
ALTER TABLE board_conversations ADD COLUMN returned_to_queue_at TEXT;
ALTER TABLE board_conversations ADD COLUMN auto_transfer_failed_at TEXT;
ALTER TABLE board_conversations ADD COLUMN important INTEGER NOT NULL;
ALTER TABLE board_conversations ADD COLUMN help_called_at TEXT;
ALTER TABLE board_conversations ADD COLUMN help_taken_by TEXT;
ALTER TABLE board_conversations ADD COLUMN searching INTEGER NOT NULL;

ALTER TABLE conversations ADD COLUMN transfers_manual INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN transfers_inactive INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN transfers_disconnected INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN returns_to_queue INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN important INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN help_calls INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN files_visitor INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN files_operator INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN segments INTEGER NOT NULL;
ALTER TABLE conversations ADD COLUMN last_requested_at TEXT NOT NULL;
ALTER TABLE conversations ADD COLUMN kept_open_until TEXT;

-- Each mail that is to be sent; the recipient is a personal address.
CREATE TABLE outbox (
    livechat     TEXT NOT NULL,
    position     INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    operator     TEXT,
    recipient    TEXT NOT NULL,
    at           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    PRIMARY KEY (livechat, position)
) STRICT;
CREATE INDEX outbox_pending ON outbox (livechat, position) WHERE state = 'pending';

-- Each survey that was answered, or closed without an answer.
CREATE TABLE survey_answers (
    livechat     TEXT NOT NULL,
    position     INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    operator     TEXT,
    audience     TEXT NOT NULL,
    survey       TEXT NOT NULL,
    version      INTEGER NOT NULL,
    opened_at    TEXT,
    at           TEXT NOT NULL,
    closing      TEXT,
    answers      TEXT,
    PRIMARY KEY (livechat, position)
) STRICT;
CREATE INDEX survey_answers_by_survey ON survey_answers (livechat, survey, position);
