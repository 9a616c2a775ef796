-- How conversations end
-- The share of each state and reason among the conversations that are over; `ended`, `timeout` is the share of
-- those that were ended because the visitor had gone silent.
SELECT livechat, state, reason,
       count(*) AS conversations,
       round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY livechat), 1) AS percent
FROM analytics.conversations
WHERE ended_at IS NOT NULL
GROUP BY livechat, state, reason
ORDER BY livechat, conversations DESC, state, reason NULLS LAST;
