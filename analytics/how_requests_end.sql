-- How requests end
-- The share of each outcome and reason; `ended`, `timeout` is the share of those that were ended because the
-- visitor had gone silent.
SELECT livechat, outcome, reason,
       count(*) AS requests,
       round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY livechat), 1) AS percent
FROM analytics.contacts
GROUP BY livechat, outcome, reason
ORDER BY livechat, requests DESC, outcome, reason;
