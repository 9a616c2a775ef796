-- What each operator did in a contact, whoever it began with, and how it was over before a pick-up; surveys by the
-- segment that they are about. Rows of before are computed again: these are of another version.

ALTER TABLE contacts ADD COLUMN first_answer_by TEXT;
ALTER TABLE contacts ADD COLUMN first_reply_by TEXT;
ALTER TABLE contacts ADD COLUMN operator_at_end TEXT;
ALTER TABLE contacts ADD COLUMN operators TEXT NOT NULL DEFAULT '{}';

ALTER TABLE survey_answers ADD COLUMN segment INTEGER NOT NULL DEFAULT 1;

DROP TABLE pending_surveys;
CREATE TABLE pending_surveys (
    livechat     TEXT NOT NULL,
    conversation TEXT NOT NULL,
    segment      INTEGER NOT NULL,
    audience     TEXT NOT NULL,
    operator     TEXT,
    survey       TEXT NOT NULL,
    version      INTEGER NOT NULL,
    asked_at     TEXT NOT NULL,
    position     INTEGER NOT NULL,
    PRIMARY KEY (livechat, conversation, segment, audience)
) STRICT;
