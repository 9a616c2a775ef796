-- Messages of a contact by kind. Rows of before are computed again: these are of another version.

ALTER TABLE contacts ADD COLUMN messages_typed bigint NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN messages_article bigint NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN messages_phrase bigint NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN messages_internal bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN contacts.messages_typed IS 'Messages that a person typed in the operator''s voice, neither an article nor a phrase.';
COMMENT ON COLUMN contacts.messages_article IS 'Messages from an article of the knowledge base, in whosever voice.';
COMMENT ON COLUMN contacts.messages_phrase IS 'Phrases that Pupitre said until the end.';
COMMENT ON COLUMN contacts.messages_internal IS 'Messages between the operator and supervisors, which the visitor never sees.';
