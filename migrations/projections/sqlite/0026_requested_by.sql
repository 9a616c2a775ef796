-- Who made a request has the name that it has everywhere else. Rows of older versions are computed again, since
-- the name is also in what they hold as JSON.

ALTER TABLE floor_conversations RENAME COLUMN told_by TO requested_by;
ALTER TABLE conversations RENAME COLUMN told_by TO requested_by;
