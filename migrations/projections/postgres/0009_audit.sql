-- What a deed changed, and from which address it was done.
-- The rows so far lack it: they are deleted, and version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;
DELETE FROM audit;

ALTER TABLE audit ADD COLUMN address text;
ALTER TABLE audit ADD COLUMN changes jsonb NOT NULL;
COMMENT ON TABLE audit IS
    'Who did what, when, from where, on what, and what it changed: one row per event, without personal text.';
COMMENT ON COLUMN audit.address IS
    'From which address it was done; empty for visitors, whose address is not kept, and for the system.';
COMMENT ON COLUMN audit.changes IS
    'What it changed: a list of places with what was there before and is there after.';

CREATE TABLE audit_subjects (
    livechat  text COLLATE "C" NOT NULL,
    entity    text COLLATE "C" NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    state     jsonb NOT NULL,
    position  bigint NOT NULL,
    PRIMARY KEY (livechat, entity, entity_id)
);
COMMENT ON TABLE audit_subjects IS
    'How each section of the settings and each operator was left by the last deed to it, so that the next one tells what it changes.';
COMMENT ON COLUMN audit_subjects.entity IS 'What kind of thing: settings, operator.';
COMMENT ON COLUMN audit_subjects.entity_id IS 'Its identifier; of the settings, the name of the section.';
COMMENT ON COLUMN audit_subjects.state IS 'How it was left.';
COMMENT ON COLUMN audit_subjects.position IS 'The position in the log of the last event that concerned it.';
