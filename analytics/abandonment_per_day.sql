-- Abandonment per day
-- How many visitors who had to wait gave up, per day of the request in the time zone of the livechat. Those who
-- were refused did not wait.
-- PostgreSQL only: time zones.
SELECT l.livechat,
       CAST(c.requested_at AT TIME ZONE l.time_zone AS date) AS day,
       count(*) AS requested,
       count(*) FILTER (WHERE c.state = 'refused') AS refused,
       count(*) FILTER (WHERE c.state = 'left') AS gave_up,
       round(100.0 * count(*) FILTER (WHERE c.state = 'left')
             / nullif(count(*) FILTER (WHERE c.state <> 'refused'), 0), 1) AS gave_up_percent
FROM analytics.conversations AS c
JOIN analytics.livechats AS l ON l.livechat = c.livechat
GROUP BY l.livechat, day
ORDER BY l.livechat, day;
