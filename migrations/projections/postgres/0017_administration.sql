-- Operators who are suspended or were removed, and livechats that were closed. Nobody was before, so that the rows
-- stay as they are.

ALTER TABLE board_operators ADD COLUMN suspended boolean NOT NULL DEFAULT false;
ALTER TABLE board_operators ADD COLUMN removed boolean NOT NULL DEFAULT false;
ALTER TABLE board_livechats ADD COLUMN shut boolean NOT NULL DEFAULT false;
