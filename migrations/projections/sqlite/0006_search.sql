-- Conversations found by whatever is known of them, in several orders, and by what was said in them.
-- What was said before belongs in it too: version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;

-- Each index begins with what is asked for and goes on with the order by request. Those of what many do not
-- have, or not yet, leave them out.
DROP INDEX conversations_newest;
DROP INDEX conversations_by_state;
DROP INDEX conversations_by_operator;
CREATE INDEX conversations_by_request ON conversations (livechat, requested_at, requested_position);
CREATE INDEX conversations_by_state ON conversations (livechat, state, requested_at, requested_position);
CREATE INDEX conversations_by_visitor ON conversations (livechat, visitor, requested_at, requested_position);
CREATE INDEX conversations_by_operator ON conversations (livechat, operator, requested_at, requested_position) WHERE operator IS NOT NULL;
CREATE INDEX conversations_by_skill ON conversations (livechat, skill, requested_at, requested_position) WHERE skill IS NOT NULL;
CREATE INDEX conversations_by_reason ON conversations (livechat, reason, requested_at, requested_position) WHERE reason IS NOT NULL;
CREATE INDEX conversations_important ON conversations (livechat, requested_at, requested_position) WHERE important;
CREATE INDEX conversations_by_wait ON conversations (livechat, wait_ms, requested_position) WHERE wait_ms IS NOT NULL;
CREATE INDEX conversations_by_end ON conversations (livechat, ended_at, requested_position) WHERE ended_at IS NOT NULL;

CREATE INDEX survey_answers_by_conversation ON survey_answers (livechat, conversation);

-- What was said, line by line, as the stems of its words. `id` is what the full-text index calls a line.
CREATE TABLE search_lines (
    id           INTEGER PRIMARY KEY,
    livechat     TEXT NOT NULL,
    conversation TEXT NOT NULL,
    position     INTEGER NOT NULL,
    line         INTEGER NOT NULL,
    stems        TEXT NOT NULL,
    UNIQUE (livechat, conversation, position, line)
) STRICT;

-- Which lines have which stem: each stem with its livechat before it, so that a livechat has words of its own.
-- It holds no text; stems are told apart by spaces alone.
CREATE VIRTUAL TABLE search_index USING fts5(
    stems, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '/-_.@:'"
);
CREATE TRIGGER search_lines_added AFTER INSERT ON search_lines BEGIN
    INSERT INTO search_index (rowid, stems)
    VALUES (new.id, new.livechat || '/' || replace(new.stems, ' ', ' ' || new.livechat || '/'));
END;
CREATE TRIGGER search_lines_removed AFTER DELETE ON search_lines BEGIN
    INSERT INTO search_index (search_index, rowid, stems)
    VALUES ('delete', old.id, old.livechat || '/' || replace(old.stems, ' ', ' ' || old.livechat || '/'));
END;
CREATE TRIGGER search_lines_changed AFTER UPDATE ON search_lines BEGIN
    INSERT INTO search_index (search_index, rowid, stems)
    VALUES ('delete', old.id, old.livechat || '/' || replace(old.stems, ' ', ' ' || old.livechat || '/'));
    INSERT INTO search_index (rowid, stems)
    VALUES (new.id, new.livechat || '/' || replace(new.stems, ' ', ' ' || new.livechat || '/'));
END;
