-- Since when a live conversation is on hold. Rows of older versions are computed again.

ALTER TABLE floor_conversations ADD COLUMN on_hold_since timestamptz;
COMMENT ON COLUMN floor_conversations.on_hold_since IS 'Since when the operator in charge has it on hold.';
