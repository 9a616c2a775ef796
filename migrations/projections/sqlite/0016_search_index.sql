-- The full-text index as a table that other programs can look at, too: without the number of words of each line SQLite
-- refuses to go through its rows, and a program that lists the tables of the file (DuckDB) stops there.

DROP TABLE search_index;
CREATE VIRTUAL TABLE search_index USING fts5(
    stems, content = '', detail = none, tokenize = "ascii tokenchars '/-_.@:'"
);
INSERT INTO search_index (rowid, stems)
SELECT id, livechat || '/' || replace(stems, ' ', ' ' || livechat || '/') FROM search_lines;
