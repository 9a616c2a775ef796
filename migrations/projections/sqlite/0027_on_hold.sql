-- Since when a live conversation is on hold, and for how long contacts were. Rows of older versions are computed again.

ALTER TABLE floor_conversations ADD COLUMN on_hold_since TEXT;
ALTER TABLE contacts ADD COLUMN hold_ms INTEGER NOT NULL DEFAULT 0;
