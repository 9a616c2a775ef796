-- Transfers, who to whom
-- How often conversations were passed on from one operator to another, by hand and by rule.
SELECT livechat,
       data ->> 'from' AS from_operator,
       data ->> 'operator' AS to_operator,
       count(*) FILTER (WHERE action = 'conversation.transferred') AS by_hand,
       count(*) FILTER (WHERE action = 'conversation.auto_transferred') AS by_rule
FROM analytics.audit
WHERE action IN ('conversation.transferred', 'conversation.auto_transferred')
GROUP BY livechat, from_operator, to_operator
ORDER BY livechat, from_operator, to_operator;
