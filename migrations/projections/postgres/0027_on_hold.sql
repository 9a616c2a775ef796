-- Since when a live conversation is on hold, and for how long contacts were. Rows of older versions are computed again.

ALTER TABLE floor_conversations ADD COLUMN on_hold_since timestamptz;
ALTER TABLE contacts ADD COLUMN hold_ms bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN floor_conversations.on_hold_since IS 'Since when the operator in charge has it on hold.';
COMMENT ON COLUMN contacts.hold_ms IS 'Milliseconds for which it was on hold.';
