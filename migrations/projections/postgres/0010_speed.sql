-- Without STRICT (neither argument is ever missing) the function is no call: its expression stands in its place
-- wherever a line is stored or searched for.
CREATE OR REPLACE FUNCTION search_words(livechat text, stems text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT array_to_tsvector(string_to_array(livechat || '/' || replace(stems, ' ', ' ' || livechat || '/'), ' ')) $$;

-- Indexes that are made once the rows are there.
CREATE TABLE indexes_put_off (
    name       text COLLATE "C" PRIMARY KEY,
    definition text NOT NULL
);
COMMENT ON TABLE indexes_put_off IS
    'Indexes that are made once all rows are there, which is faster than row by row. Empty where rows are read.';
COMMENT ON COLUMN indexes_put_off.name IS 'The name of the index.';
COMMENT ON COLUMN indexes_put_off.definition IS 'The statement that makes it.';
