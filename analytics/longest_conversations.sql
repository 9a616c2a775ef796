-- The longest conversations
-- The twenty that took the most time from the request to the end, in minutes.
SELECT livechat, conversation, operator, requested_at, duration_ms / 60000.0 AS minutes, segments, transfers,
       messages_visitor + messages_operator AS messages
FROM analytics.conversations
WHERE state IN ('ended', 'kept_open')
ORDER BY duration_ms DESC, livechat, conversation
LIMIT 20;
