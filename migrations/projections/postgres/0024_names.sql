-- Tables and columns get the names of the glossary. Rows of older versions are computed again: these are of another
-- version. Views for analysts are made again when the database is opened.

ALTER TABLE stays RENAME TO assignments;
ALTER TABLE assignments RENAME COLUMN given TO assigned_by;
ALTER TABLE assignments RENAME COLUMN gone TO unassigned_by;
ALTER INDEX stays_pkey RENAME TO assignments_pkey;
COMMENT ON TABLE assignments IS 'Each time that an operator had a conversation, once it is over.';
COMMENT ON COLUMN assignments.unassigned_by IS 'What ended it: transferred, inactive, disconnected, returned_to_queue, released, left, ended.';

ALTER TABLE board_conversations RENAME COLUMN given TO assigned_by;
ALTER TABLE board_conversations RENAME COLUMN so_far TO running_totals;
ALTER TABLE board_conversations RENAME TO floor_conversations;
ALTER TABLE board_operators RENAME TO floor_operators;
ALTER TABLE board_livechats RENAME TO floor_livechats;
ALTER INDEX board_conversations_pkey RENAME TO floor_conversations_pkey;
ALTER INDEX board_operators_pkey RENAME TO floor_operators_pkey;
ALTER INDEX board_livechats_pkey RENAME TO floor_livechats_pkey;

-- An index may be deferred: then it is not there, and its definition is.
ALTER INDEX IF EXISTS stays_by_time RENAME TO assignments_by_time;
ALTER INDEX IF EXISTS stays_by_operator RENAME TO assignments_by_operator;
ALTER INDEX IF EXISTS board_conversations_waiting RENAME TO floor_conversations_waiting;
ALTER TABLE indexes_put_off RENAME TO deferred_indexes;
UPDATE deferred_indexes SET
    name = replace(replace(name, 'stays_by_', 'assignments_by_'), 'board_conversations', 'floor_conversations'),
    definition = replace(replace(replace(replace(definition, 'stays_by_', 'assignments_by_'), 'board_conversations', 'floor_conversations'),
        '.stays ', '.assignments '), ' ON stays ', ' ON assignments ');
