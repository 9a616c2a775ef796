-- What the settings were at any moment, and who changed what.

-- Each change of each section of the settings: who, when, and the whole section after it.
CREATE TABLE settings (
    livechat TEXT NOT NULL,
    section  TEXT NOT NULL,
    position INTEGER NOT NULL,
    at       TEXT NOT NULL,
    role     TEXT NOT NULL,
    actor    TEXT NOT NULL,
    content  TEXT NOT NULL,
    PRIMARY KEY (livechat, section, position)
) STRICT;

-- What happened before this table was there belongs in it too: everything is computed again from the log.
DELETE FROM checkpoints;
DELETE FROM board_livechats;
DELETE FROM board_operators;
DELETE FROM board_conversations;
DELETE FROM conversations;
DELETE FROM transcript;
DELETE FROM audit;
