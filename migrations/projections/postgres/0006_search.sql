-- Conversations found by whatever is known of them, in several orders, and by what was said in them.
-- What was said before belongs in it too: version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;

-- Each index begins with what is asked for and goes on with the order by request. Those of what many do not
-- have, or not yet, leave them out. No column in them changes with a message.
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

CREATE TABLE search_lines (
    livechat     text COLLATE "C" NOT NULL,
    conversation text COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    line         bigint NOT NULL,
    stems        text COLLATE "C" NOT NULL,
    PRIMARY KEY (livechat, conversation, position, line)
);
COMMENT ON TABLE search_lines IS
    'What visitors and operators said, line by line, as the stems of its words.';
COMMENT ON COLUMN search_lines.livechat IS 'In which livechat.';
COMMENT ON COLUMN search_lines.conversation IS 'Of which conversation, a UUID.';
COMMENT ON COLUMN search_lines.position IS 'The position of the event in the log.';
COMMENT ON COLUMN search_lines.line IS 'Which line of the exchange with the bot, from 0; 0 for a message.';
COMMENT ON COLUMN search_lines.stems IS 'The stems of its words in their order, with a space between them.';

-- Each stem with its livechat before it, so that a livechat has words of its own in the index.
CREATE FUNCTION search_words(livechat text, stems text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT array_to_tsvector(string_to_array(livechat || '/' || replace(stems, ' ', ' ' || livechat || '/'), ' ')) $$;
CREATE INDEX search_lines_by_word ON search_lines USING gin (search_words(livechat, stems));
