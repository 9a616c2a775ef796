-- What each operator did in a contact, whoever it began with, and how it was over before a pick-up; surveys by the
-- segment that they are about. Rows of before are computed again: these are of another version.

ALTER TABLE contacts ADD COLUMN first_answer_by text COLLATE "C";
ALTER TABLE contacts ADD COLUMN first_reply_by text COLLATE "C";
ALTER TABLE contacts ADD COLUMN operator_at_end text COLLATE "C";
ALTER TABLE contacts ADD COLUMN operators jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN contacts.first_answer_by IS 'Who typed the first message in the operator''s voice; null also when it was a supervisor.';
COMMENT ON COLUMN contacts.first_reply_by IS 'Whose the first answer was: its author, or whoever was in charge when it was a phrase.';
COMMENT ON COLUMN contacts.operator_at_end IS 'On whose desk it was when it was over; null: in the queue.';
COMMENT ON COLUMN contacts.operators IS 'What each operator did in it, by identifier; under an empty one what no operator did.';
COMMENT ON COLUMN contacts.outcome IS 'How it went: refused, left (before somebody picked up), released, ended.';
COMMENT ON COLUMN contacts.wait_ms IS 'Milliseconds from the request to the first pick-up, or to the end without one.';
COMMENT ON COLUMN conversations.wait_ms IS 'Milliseconds from the first request to the first pick-up, or to the end of the first segment without one.';
COMMENT ON COLUMN stays.gone IS 'Why not: transferred, inactive, disconnected, returned_to_queue, released, left, ended.';
COMMENT ON COLUMN stays.messages IS 'Messages that the operator wrote meanwhile.';
COMMENT ON COLUMN stays.responses IS 'Answers of the operator to the visitor meanwhile.';

ALTER TABLE survey_answers ADD COLUMN segment bigint NOT NULL DEFAULT 1;
COMMENT ON COLUMN survey_answers.segment IS 'About the how-manieth segment of the conversation, from 1.';
COMMENT ON COLUMN survey_answers.operator IS 'The operator who had picked that segment up.';

DROP TABLE pending_surveys;
CREATE TABLE pending_surveys (
    livechat     text COLLATE "C" NOT NULL,
    conversation text COLLATE "C" NOT NULL,
    segment      bigint NOT NULL,
    audience     text COLLATE "C" NOT NULL,
    operator     text COLLATE "C",
    survey       text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    asked_at     timestamptz NOT NULL,
    position     bigint NOT NULL,
    PRIMARY KEY (livechat, conversation, segment, audience)
);
COMMENT ON TABLE pending_surveys IS
    'Each survey that waits for its answers; the row goes away when it is settled.';
COMMENT ON COLUMN pending_surveys.livechat IS 'The livechat.';
COMMENT ON COLUMN pending_surveys.conversation IS 'About which conversation (UUID).';
COMMENT ON COLUMN pending_surveys.segment IS 'About the how-manieth segment of it, from 1.';
COMMENT ON COLUMN pending_surveys.audience IS 'Who is asked: operator, visitor.';
COMMENT ON COLUMN pending_surveys.operator IS 'The operator who had picked that segment up.';
COMMENT ON COLUMN pending_surveys.survey IS 'Which survey.';
COMMENT ON COLUMN pending_surveys.version IS 'Which version of it.';
COMMENT ON COLUMN pending_surveys.asked_at IS 'When it was asked.';
COMMENT ON COLUMN pending_surveys.position IS 'Position in the log of the event that asked it.';
