-- Every event is a row of the audit, so each index of it costs as much as a row: an identifier names one
-- thing, whatever its kind, and stands first, so that comparing two entries seldom goes further; what most events are is found without an index of its own; and Pupitre itself,
-- the author without an identifier, is behind a good part of all events. The literal conditions are repeated
-- by the queries (projections/src/audit.rs), so that both databases know that they may use these indexes.

DROP INDEX audit_by_entity;
DROP INDEX audit_by_actor;
DROP INDEX audit_by_action;
CREATE INDEX audit_by_entity_id ON audit (entity_id, livechat, position);
CREATE INDEX audit_by_actor ON audit (actor, livechat, position) WHERE actor <> '';
CREATE INDEX audit_by_action ON audit (livechat, action, position) WHERE action <> 'conversation.message_posted';
CREATE INDEX audit_by_entity ON audit (livechat, entity, position) WHERE entity <> 'conversation';

-- A conversation is of one livechat: to compare it first is cheaper.
ALTER TABLE transcript DROP CONSTRAINT transcript_pkey, ADD PRIMARY KEY (conversation, livechat, position);
