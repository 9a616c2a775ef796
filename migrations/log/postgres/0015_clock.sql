-- Where the clock was set back: between two such records the time of records never goes back, so a moment of the
-- past is found by them. The index holds those few records alone.
CREATE INDEX events_clock_set_back ON events (aggregate_type, aggregate_id, sequence)
    WHERE event_type = 'livechat.clock_set_back';

ALTER TABLE pulse ADD COLUMN at timestamptz;
COMMENT ON COLUMN pulse.at IS 'When a server was last known to be up.';
