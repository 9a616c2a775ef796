-- Messages of a contact by kind. Rows of before are computed again: these are of another version.

ALTER TABLE contacts ADD COLUMN messages_typed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN messages_article INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN messages_phrase INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN messages_internal INTEGER NOT NULL DEFAULT 0;
