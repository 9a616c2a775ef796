-- What could not be stored, for whoever operates the projections.

-- Livechats whose rows stop before an event that cannot be stored. Deleting a row has it tried again.
CREATE TABLE parked (
    livechat TEXT NOT NULL,
    position INTEGER NOT NULL,
    event    TEXT,
    error    TEXT NOT NULL,
    since    TEXT NOT NULL,
    PRIMARY KEY (livechat)
) STRICT;
