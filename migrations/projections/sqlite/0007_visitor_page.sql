-- Where the visitor of a live conversation is, and on which page.
-- The rows so far lack it: they are deleted, and version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;
DELETE FROM board_conversations;

ALTER TABLE board_conversations ADD COLUMN presence TEXT NOT NULL;
ALTER TABLE board_conversations ADD COLUMN page_url TEXT;
ALTER TABLE board_conversations ADD COLUMN page_title TEXT;
