-- Visitors who came back
-- Who asked for a conversation more than once, how often, and whether each time was answered.
SELECT livechat, visitor,
       sum(segments) AS requests,
       count(*) AS conversations,
       count(*) FILTER (WHERE picked_up_at IS NOT NULL) AS answered,
       min(requested_at) AS first_at,
       max(last_requested_at) AS last_at
FROM analytics.conversations
GROUP BY livechat, visitor
HAVING sum(segments) > 1
ORDER BY requests DESC, livechat, visitor;
