-- Since when a live conversation is on hold. Rows of older versions are computed again.

ALTER TABLE floor_conversations ADD COLUMN on_hold_since TEXT;
