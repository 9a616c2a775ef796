-- Time in each status
-- How long each operator was connected in each status until now, in hours, and its share of the time connected.
SELECT livechat, operator, status,
       sum(duration_ms) / 3600000.0 AS hours,
       round(100.0 * sum(duration_ms) / nullif(sum(sum(duration_ms)) OVER (PARTITION BY livechat, operator), 0), 1)
           AS percent
FROM (SELECT livechat, operator, status, duration_ms FROM analytics.operator_time
      UNION ALL SELECT livechat, operator, status, duration_ms FROM analytics.open_operator_time) AS times
GROUP BY livechat, operator, status
ORDER BY livechat, operator, status;
