-- Who told the name of a visitor; since when operators are suspended or removed, and livechats closed; what skills are
-- called, and what operators were. Rows of before are computed again: these are of another version.

ALTER TABLE board_conversations ADD COLUMN told_by TEXT NOT NULL DEFAULT 'integration';
ALTER TABLE conversations ADD COLUMN told_by TEXT NOT NULL DEFAULT 'integration';

ALTER TABLE board_operators DROP COLUMN suspended;
ALTER TABLE board_operators DROP COLUMN removed;
ALTER TABLE board_operators ADD COLUMN suspended_since TEXT;
ALTER TABLE board_operators ADD COLUMN removed_at TEXT;
ALTER TABLE board_livechats DROP COLUMN shut;
ALTER TABLE board_livechats ADD COLUMN shut_since TEXT;
ALTER TABLE board_livechats ADD COLUMN skills TEXT NOT NULL DEFAULT '{}';

CREATE TABLE operator_names (
    livechat TEXT NOT NULL,
    position INTEGER NOT NULL,
    operator TEXT NOT NULL,
    name     TEXT NOT NULL,
    PRIMARY KEY (livechat, position)
) STRICT;
CREATE INDEX operator_names_by_operator ON operator_names (livechat, operator, position);
