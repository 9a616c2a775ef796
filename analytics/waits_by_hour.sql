-- Waits by hour of day
-- How long visitors waited until an operator picked up, by the hour of the request in the time zone of the livechat, in
-- seconds.
-- PostgreSQL only: time zones and percentiles.
SELECT l.livechat,
       CAST(extract(hour FROM c.requested_at AT TIME ZONE l.time_zone) AS integer) AS hour,
       count(*) AS served,
       round(avg(c.wait_ms) / 1000, 1) AS mean_seconds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY c.wait_ms) / 1000 AS median_seconds,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY c.wait_ms) / 1000 AS ninetieth_seconds,
       max(c.wait_ms) / 1000.0 AS worst_seconds
FROM analytics.contacts AS c
JOIN analytics.livechats AS l ON l.livechat = c.livechat
WHERE c.picked_up_at IS NOT NULL
GROUP BY l.livechat, hour
ORDER BY l.livechat, hour;
