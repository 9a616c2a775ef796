-- Operators who are suspended or were removed, and livechats that were closed. Nobody was before, so that the rows
-- stay as they are.

ALTER TABLE board_operators ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE board_operators ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE board_livechats ADD COLUMN shut INTEGER NOT NULL DEFAULT 0;
