-- Time in each status
-- How long each operator was connected in each status, in hours, and its share of the time connected.
SELECT livechat, operator, status,
       sum(duration_ms) / 3600000.0 AS hours,
       round(100.0 * sum(duration_ms) / nullif(sum(sum(duration_ms)) OVER (PARTITION BY livechat, operator), 0), 1)
           AS percent
FROM analytics.operator_time
GROUP BY livechat, operator, status
ORDER BY livechat, operator, status;
