-- Which of the two places of the projections is read. It stands in the blue place and belongs to neither:
-- rebuilding the blue one leaves it as it is.
CREATE TABLE IF NOT EXISTS projections.pointer (
    single     integer PRIMARY KEY CHECK (single = 1),
    colour     text NOT NULL CHECK (colour IN ('blue', 'green')),
    swapped_at timestamptz NOT NULL,
    program    text NOT NULL
);
COMMENT ON TABLE projections.pointer IS
    'Which place of the projections is read: blue (this schema) or green; blue when there is no row.';
COMMENT ON COLUMN projections.pointer.single IS 'Always 1: there is one row.';
COMMENT ON COLUMN projections.pointer.colour IS 'The place that is read.';
COMMENT ON COLUMN projections.pointer.swapped_at IS 'When it was chosen.';
COMMENT ON COLUMN projections.pointer.program IS 'The version of the program that chose it.';
