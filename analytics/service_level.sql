-- Service level
-- The share of the requests that were not refused which somebody picked up within 60 seconds.
SELECT livechat,
       count(*) AS taken_in,
       count(*) FILTER (WHERE answer_ms <= 60000) AS in_time,
       round(100.0 * count(*) FILTER (WHERE answer_ms <= 60000) / count(*), 1) AS percent
FROM analytics.contacts
WHERE outcome <> 'refused'
GROUP BY livechat
ORDER BY livechat;
