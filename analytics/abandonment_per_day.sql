-- Abandonment per day
-- How many of the visitors who were not refused left before an operator took them, per day of the request in the
-- time zone of the livechat.
-- PostgreSQL only: time zones.
SELECT l.livechat,
       CAST(c.requested_at AT TIME ZONE l.time_zone AS date) AS day,
       count(*) AS requested,
       count(*) FILTER (WHERE c.outcome = 'refused') AS refused,
       count(*) FILTER (WHERE c.outcome = 'left') AS left_queue,
       round(100.0 * count(*) FILTER (WHERE c.outcome = 'left')
             / nullif(count(*) FILTER (WHERE c.outcome <> 'refused'), 0), 1) AS left_percent
FROM analytics.contacts AS c
JOIN analytics.livechats AS l ON l.livechat = c.livechat
GROUP BY l.livechat, day
ORDER BY l.livechat, day;
