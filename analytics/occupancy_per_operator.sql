-- Occupancy per operator
-- The time that operators had conversations, from the pick-up to the end, divided by the reference concurrency (a
-- setting, three by default) times the time they were connected, in whichever status: the figure `occupancy` of all
-- time until now, with what is not over yet.
SELECT t.livechat, t.operator, t.online_ms / 3600000.0 AS online_hours,
       coalesce(s.busy_ms, 0) / 3600000.0 AS conversation_hours,
       round(100.0 * coalesce(s.busy_ms, 0) / (l.reference_concurrency * nullif(t.online_ms, 0)), 1)
           AS occupancy_percent
FROM (SELECT livechat, operator, sum(duration_ms) AS online_ms
      FROM (SELECT livechat, operator, duration_ms FROM analytics.operator_time
            UNION ALL SELECT livechat, operator, duration_ms FROM analytics.open_operator_time) AS times
      GROUP BY livechat, operator) AS t
JOIN analytics.livechats AS l ON l.livechat = t.livechat
LEFT JOIN (SELECT livechat, operator, sum(handle_ms) AS busy_ms
           FROM (SELECT livechat, operator, handle_ms FROM analytics.assignments
                 UNION ALL SELECT livechat, operator, handle_ms FROM analytics.open_assignments) AS all_assignments
           GROUP BY livechat, operator) AS s
       ON s.livechat = t.livechat AND s.operator = t.operator
ORDER BY t.livechat, t.operator;
