-- Which of the two places of the projections is read. It stands in the blue place and belongs to neither:
-- rebuilding the blue one leaves it as it is. Blue when there is no row.
CREATE TABLE IF NOT EXISTS pointer (
    single     INTEGER PRIMARY KEY CHECK (single = 1),
    colour     TEXT NOT NULL CHECK (colour IN ('blue', 'green')),
    swapped_at TEXT NOT NULL,
    program    TEXT NOT NULL
) STRICT;
