-- Tables and columns get the names of the glossary. Rows of older versions are computed again: these are of another
-- version. Views for analysts are made again when the database is opened.

DROP VIEW IF EXISTS analytics_stays;
DROP VIEW IF EXISTS analytics_open_stays;

ALTER TABLE stays RENAME TO assignments;
ALTER TABLE assignments RENAME COLUMN given TO assigned_by;
ALTER TABLE assignments RENAME COLUMN gone TO unassigned_by;
DROP INDEX stays_by_time;
DROP INDEX stays_by_operator;
CREATE INDEX assignments_by_time ON assignments (livechat, until);
CREATE INDEX assignments_by_operator ON assignments (livechat, operator, conversation) WHERE picked_up_at IS NOT NULL;

ALTER TABLE board_conversations RENAME COLUMN given TO assigned_by;
ALTER TABLE board_conversations RENAME COLUMN so_far TO running_totals;
ALTER TABLE board_conversations RENAME TO floor_conversations;
ALTER TABLE board_operators RENAME TO floor_operators;
ALTER TABLE board_livechats RENAME TO floor_livechats;
DROP INDEX board_conversations_waiting;
CREATE INDEX floor_conversations_waiting ON floor_conversations (livechat, requested_at, requested_position) WHERE state = 'waiting';
