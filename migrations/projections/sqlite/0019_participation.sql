-- Which conversations an operator had picked up: read by those who took part, and listed by operator.
CREATE INDEX stays_by_operator ON stays (livechat, operator, conversation) WHERE picked_up_at IS NOT NULL;
