-- What figures are computed from: how each request went, which operator had which conversation, how long each
-- operator was in which status, and which surveys wait for their answers.
-- The rows so far lack it: they are deleted, and version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;
DELETE FROM board_conversations;
DELETE FROM survey_answers;

ALTER TABLE board_conversations ADD COLUMN so_far jsonb NOT NULL;
COMMENT ON COLUMN board_conversations.so_far IS 'What its contact and its stay have counted so far.';
ALTER TABLE survey_answers ADD COLUMN asked_at timestamptz NOT NULL;
COMMENT ON COLUMN survey_answers.asked_at IS 'When it was asked.';
CREATE INDEX survey_answers_by_time ON survey_answers (livechat, asked_at);

CREATE TABLE contacts (
    livechat               text COLLATE "C" NOT NULL,
    position               bigint NOT NULL,
    conversation           text COLLATE "C" NOT NULL,
    requested_position     bigint NOT NULL,
    visitor                text COLLATE "C" NOT NULL,
    language               text NOT NULL,
    skill                  text COLLATE "C",
    again                  boolean NOT NULL,
    requested_at           timestamptz NOT NULL,
    queued                 boolean NOT NULL,
    outcome                text NOT NULL,
    reason                 text NOT NULL,
    first_operator         text COLLATE "C",
    last_operator          text COLLATE "C",
    answered_by            text COLLATE "C",
    assigned_at            timestamptz,
    picked_up_at           timestamptz,
    first_answer_at        timestamptz,
    first_reply_at         timestamptz,
    ended_at               timestamptz NOT NULL,
    wait_ms                bigint NOT NULL,
    handle_ms              bigint NOT NULL,
    messages_visitor       bigint NOT NULL,
    messages_operator      bigint NOT NULL,
    messages_system        bigint NOT NULL,
    transfers_to_operator  bigint NOT NULL,
    transfers_to_skill     bigint NOT NULL,
    transfers_forced       bigint NOT NULL,
    transfers_inactive     bigint NOT NULL,
    transfers_disconnected bigint NOT NULL,
    returns_to_queue       bigint NOT NULL,
    responses              bigint NOT NULL,
    response_ms            bigint NOT NULL,
    response_worst_ms      bigint NOT NULL,
    important              boolean NOT NULL,
    help_calls             bigint NOT NULL,
    PRIMARY KEY (livechat, position)
);
COMMENT ON TABLE contacts IS
    'Each request for an operator and how it went: one row per segment of a conversation that is over.';
COMMENT ON COLUMN contacts.livechat IS 'The livechat.';
COMMENT ON COLUMN contacts.position IS 'Position in the log of its end.';
COMMENT ON COLUMN contacts.conversation IS 'The conversation it is a segment of (UUID).';
COMMENT ON COLUMN contacts.requested_position IS 'Position in the log of the request.';
COMMENT ON COLUMN contacts.visitor IS 'The visitor''s identifier.';
COMMENT ON COLUMN contacts.language IS 'The visitor''s language: fr, en.';
COMMENT ON COLUMN contacts.skill IS 'Skill asked for by the request.';
COMMENT ON COLUMN contacts.again IS 'Asked for again after the conversation was kept open.';
COMMENT ON COLUMN contacts.requested_at IS 'When it was requested.';
COMMENT ON COLUMN contacts.queued IS 'The visitor was put in the queue at the request.';
COMMENT ON COLUMN contacts.outcome IS 'refused, left, released, ended.';
COMMENT ON COLUMN contacts.reason IS 'Refused: outside_hours, no_operator, queue_full, queue_closed. Left: gave_up, left_site. Released: unanswered, closing. Ended: visitor, operator, supervisor, timeout.';
COMMENT ON COLUMN contacts.first_operator IS 'Who was given it first.';
COMMENT ON COLUMN contacts.last_operator IS 'Who was given it last.';
COMMENT ON COLUMN contacts.answered_by IS 'Who picked it up first.';
COMMENT ON COLUMN contacts.assigned_at IS 'When an operator was given it first.';
COMMENT ON COLUMN contacts.picked_up_at IS 'When it was picked up first.';
COMMENT ON COLUMN contacts.first_answer_at IS 'When the visitor first had a message that a person typed in the operator''s voice.';
COMMENT ON COLUMN contacts.first_reply_at IS 'When the visitor first had any answer: that, an article, or a phrase of Pupitre once it was picked up.';
COMMENT ON COLUMN contacts.ended_at IS 'When it was over.';
COMMENT ON COLUMN contacts.wait_ms IS 'Milliseconds from the request to the first assignment, or to the end without one.';
COMMENT ON COLUMN contacts.handle_ms IS 'Milliseconds for which it was picked up, summed over operators.';
COMMENT ON COLUMN contacts.messages_visitor IS 'Messages in the visitor''s voice.';
COMMENT ON COLUMN contacts.messages_operator IS 'Messages in the operator''s voice.';
COMMENT ON COLUMN contacts.messages_system IS 'Messages in Pupitre''s voice until the end.';
COMMENT ON COLUMN contacts.transfers_to_operator IS 'Times somebody passed it on to an operator.';
COMMENT ON COLUMN contacts.transfers_to_skill IS 'Times somebody passed it on to a skill.';
COMMENT ON COLUMN contacts.transfers_forced IS 'How many of these were forced by a supervisor.';
COMMENT ON COLUMN contacts.transfers_inactive IS 'Times it went to another because its operator was inactive.';
COMMENT ON COLUMN contacts.transfers_disconnected IS 'Times it went to another because its operator was disconnected.';
COMMENT ON COLUMN contacts.returns_to_queue IS 'Times it came back to the queue because its operator was disconnected.';
COMMENT ON COLUMN contacts.responses IS 'Answers to the visitor.';
COMMENT ON COLUMN contacts.response_ms IS 'Milliseconds the visitor waited for them, from the first unanswered word on: the sum.';
COMMENT ON COLUMN contacts.response_worst_ms IS 'The same of the slowest.';
COMMENT ON COLUMN contacts.important IS 'Marked as important at the end.';
COMMENT ON COLUMN contacts.help_calls IS 'Calls for help.';
CREATE INDEX contacts_by_time ON contacts (livechat, requested_at);

CREATE TABLE stays (
    livechat           text COLLATE "C" NOT NULL,
    position           bigint NOT NULL,
    conversation       text COLLATE "C" NOT NULL,
    requested_position bigint NOT NULL,
    skill              text COLLATE "C",
    operator           text COLLATE "C" NOT NULL,
    given              text NOT NULL,
    since              timestamptz NOT NULL,
    picked_up_at       timestamptz,
    until              timestamptz NOT NULL,
    gone               text NOT NULL,
    messages           bigint NOT NULL,
    responses          bigint NOT NULL,
    response_ms        bigint NOT NULL,
    response_worst_ms  bigint NOT NULL,
    PRIMARY KEY (livechat, position)
);
COMMENT ON TABLE stays IS
    'Each time that an operator had a conversation, once it is over.';
COMMENT ON COLUMN stays.livechat IS 'The livechat.';
COMMENT ON COLUMN stays.position IS 'Position in the log of what ended it.';
COMMENT ON COLUMN stays.conversation IS 'The conversation (UUID).';
COMMENT ON COLUMN stays.requested_position IS 'Position in the log of the request that it is part of: with the livechat, it names the contact.';
COMMENT ON COLUMN stays.skill IS 'Skill asked for by that request.';
COMMENT ON COLUMN stays.operator IS 'Who had it.';
COMMENT ON COLUMN stays.given IS 'How it came to the operator: assigned, transferred, inactive, disconnected (the operator before).';
COMMENT ON COLUMN stays.since IS 'When it did.';
COMMENT ON COLUMN stays.picked_up_at IS 'When the operator picked it up.';
COMMENT ON COLUMN stays.until IS 'When the operator did not have it any more.';
COMMENT ON COLUMN stays.gone IS 'Why not: transferred, inactive, disconnected, returned_to_queue, released, ended.';
COMMENT ON COLUMN stays.messages IS 'Messages in the operator''s voice meanwhile.';
COMMENT ON COLUMN stays.responses IS 'Answers to the visitor meanwhile.';
COMMENT ON COLUMN stays.response_ms IS 'Milliseconds the visitor waited for them, from the first unanswered word on: the sum.';
COMMENT ON COLUMN stays.response_worst_ms IS 'The same of the slowest.';
CREATE INDEX stays_by_time ON stays (livechat, until);

CREATE TABLE operator_time (
    livechat text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    operator text COLLATE "C" NOT NULL,
    status   text NOT NULL,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL,
    PRIMARY KEY (livechat, position)
);
COMMENT ON TABLE operator_time IS
    'Each time that an operator was connected in one status, once it is over.';
COMMENT ON COLUMN operator_time.livechat IS 'The livechat.';
COMMENT ON COLUMN operator_time.position IS 'Position in the log of what ended it.';
COMMENT ON COLUMN operator_time.operator IS 'Who.';
COMMENT ON COLUMN operator_time.status IS 'In which status: available, on_break, training, phone, with_supervisor, no_new_conversation, searching.';
COMMENT ON COLUMN operator_time.since IS 'From when on.';
COMMENT ON COLUMN operator_time.until IS 'Until when.';
CREATE INDEX operator_time_by_time ON operator_time (livechat, until);

CREATE TABLE pending_surveys (
    livechat     text COLLATE "C" NOT NULL,
    conversation text COLLATE "C" NOT NULL,
    audience     text COLLATE "C" NOT NULL,
    operator     text COLLATE "C",
    survey       text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    asked_at     timestamptz NOT NULL,
    position     bigint NOT NULL,
    PRIMARY KEY (livechat, conversation, audience)
);
COMMENT ON TABLE pending_surveys IS
    'Each survey that waits for its answers; the row goes away when it is settled.';
COMMENT ON COLUMN pending_surveys.livechat IS 'The livechat.';
COMMENT ON COLUMN pending_surveys.conversation IS 'About which conversation (UUID).';
COMMENT ON COLUMN pending_surveys.audience IS 'Who is asked: operator, visitor.';
COMMENT ON COLUMN pending_surveys.operator IS 'The operator who was in charge.';
COMMENT ON COLUMN pending_surveys.survey IS 'Which survey.';
COMMENT ON COLUMN pending_surveys.version IS 'Which version of it.';
COMMENT ON COLUMN pending_surveys.asked_at IS 'When it was asked.';
COMMENT ON COLUMN pending_surveys.position IS 'Position in the log of the event that asked it.';
