-- Who told the name of a visitor; since when operators are suspended or removed, and livechats closed; what skills are
-- called, and what operators were. Rows of before are computed again: these are of another version.

ALTER TABLE board_conversations ADD COLUMN told_by text COLLATE "C" NOT NULL DEFAULT 'integration';
ALTER TABLE conversations ADD COLUMN told_by text COLLATE "C" NOT NULL DEFAULT 'integration';
COMMENT ON COLUMN board_conversations.told_by IS 'Who told what is known of the visitor: integration, visitor.';
COMMENT ON COLUMN conversations.told_by IS 'Who told what is known of the visitor: integration, visitor.';

ALTER TABLE board_operators DROP COLUMN suspended, DROP COLUMN removed;
ALTER TABLE board_operators ADD COLUMN suspended_since timestamptz, ADD COLUMN removed_at timestamptz;
COMMENT ON COLUMN board_operators.suspended_since IS 'Since when suspended; null: not.';
COMMENT ON COLUMN board_operators.removed_at IS 'When removed; null: not.';
ALTER TABLE board_livechats DROP COLUMN shut;
ALTER TABLE board_livechats ADD COLUMN shut_since timestamptz, ADD COLUMN skills jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN board_livechats.shut_since IS 'Since when closed by an administrator; null: not.';
COMMENT ON COLUMN board_livechats.skills IS 'What each skill is called, by identifier and language.';

CREATE TABLE operator_names (
    livechat text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    operator text COLLATE "C" NOT NULL,
    name     text NOT NULL,
    PRIMARY KEY (livechat, position)
);
COMMENT ON TABLE operator_names IS 'What each operator was called, and from where on.';
COMMENT ON COLUMN operator_names.livechat IS 'The livechat.';
COMMENT ON COLUMN operator_names.position IS 'Position in the log from which on it holds.';
COMMENT ON COLUMN operator_names.operator IS 'Who.';
COMMENT ON COLUMN operator_names.name IS 'The name visitors saw.';
CREATE INDEX operator_names_by_operator ON operator_names (livechat, operator, position);
