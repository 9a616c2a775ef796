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

ALTER TABLE board_livechats ADD COLUMN open boolean NOT NULL;
ALTER TABLE board_livechats ADD COLUMN openings jsonb NOT NULL;

ALTER TABLE board_operators ADD COLUMN connection_lost_since timestamptz;
ALTER TABLE board_operators ADD COLUMN on_shift boolean NOT NULL;

ALTER TABLE board_conversations ADD COLUMN given text;
ALTER TABLE board_conversations ADD COLUMN again boolean NOT NULL;
ALTER TABLE board_conversations ADD COLUMN returned_to_queue_at timestamptz;
ALTER TABLE board_conversations ADD COLUMN auto_transfer_failed_at timestamptz;
ALTER TABLE board_conversations ADD COLUMN important boolean NOT NULL;
ALTER TABLE board_conversations ADD COLUMN help_called_at timestamptz;
ALTER TABLE board_conversations ADD COLUMN help_taken_by text;
ALTER TABLE board_conversations ADD COLUMN searching boolean NOT NULL;

ALTER TABLE conversations ADD COLUMN transfers_manual bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN transfers_inactive bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN transfers_disconnected bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN returns_to_queue bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN important boolean NOT NULL;
ALTER TABLE conversations ADD COLUMN help_calls bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN files_visitor bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN files_operator bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN segments bigint NOT NULL;
ALTER TABLE conversations ADD COLUMN last_requested_at timestamptz NOT NULL;
ALTER TABLE conversations ADD COLUMN kept_open_until timestamptz;

CREATE TABLE outbox (
    livechat     text COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    conversation text COLLATE "C" NOT NULL,
    operator     text COLLATE "C",
    recipient    text NOT NULL,
    at           timestamptz NOT NULL,
    kind         text NOT NULL,
    state        text NOT NULL,
    PRIMARY KEY (livechat, position)
);
COMMENT ON TABLE outbox IS
    'Each mail that is to be sent; the recipient is a personal address.';
CREATE INDEX outbox_pending ON outbox (livechat, position) WHERE state = 'pending';

CREATE TABLE survey_answers (
    livechat     text COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    conversation text COLLATE "C" NOT NULL,
    operator     text COLLATE "C",
    audience     text NOT NULL,
    survey       text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    opened_at    timestamptz,
    at           timestamptz NOT NULL,
    closing      text,
    answers      jsonb,
    PRIMARY KEY (livechat, position)
);
COMMENT ON TABLE survey_answers IS
    'Each survey that was answered, or closed without an answer.';
CREATE INDEX survey_answers_by_survey ON survey_answers (livechat, survey, position);
