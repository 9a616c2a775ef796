-- Abandonment per day
-- How many of the visitors who were not refused went before an operator had picked up, from the queue or from a tab
-- that flashed, per day of the request in the time zone of the livechat; short ones, after a wait of at most the
-- setting short_abandon_seconds, told apart.
-- PostgreSQL only: time zones.
SELECT l.livechat,
       CAST(c.requested_at AT TIME ZONE l.time_zone AS date) AS day,
       count(*) AS requested,
       count(*) FILTER (WHERE c.outcome = 'refused') AS refused,
       count(*) FILTER (WHERE c.abandoned) AS abandoned,
       count(*) FILTER (WHERE c.abandoned AND l.short_abandon_seconds > 0
                              AND c.wait_ms <= l.short_abandon_seconds * 1000) AS short,
       round(100.0 * count(*) FILTER (WHERE c.abandoned)
             / nullif(count(*) FILTER (WHERE c.outcome <> 'refused'), 0), 1) AS abandoned_percent
FROM analytics.contacts AS c
JOIN analytics.livechats AS l ON l.livechat = c.livechat
GROUP BY l.livechat, day
ORDER BY l.livechat, day;
