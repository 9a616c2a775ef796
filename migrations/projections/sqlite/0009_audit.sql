-- What a deed changed, and from which address it was done.
-- The rows so far lack it: they are deleted, and version 0 has everything computed again from the log.

UPDATE checkpoints SET version = 0;
DELETE FROM audit;

-- Empty for visitors, whose address is not kept, and for the system.
ALTER TABLE audit ADD COLUMN address TEXT;
-- A list of places with what was there before and is there after.
ALTER TABLE audit ADD COLUMN changes TEXT NOT NULL;

-- How each thing was left by the last deed to it, so that the next one tells what it changes.
CREATE TABLE audit_subjects (
    livechat  TEXT NOT NULL,
    entity    TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    state     TEXT NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (livechat, entity, entity_id)
) STRICT, WITHOUT ROWID;
